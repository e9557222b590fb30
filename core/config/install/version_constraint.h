/* version_constraint: "1.11.4" against ">= 1.0, < 2.0". Operators = != > >= < <= ~>, none meaning
 * =; a version with a pre-release suffix satisfies only constraints that name one. */
#pragma once

#include "str.h"

/* False: the constraint (or the version) does not parse. */
MUST_USE bool version_constraint_check(Str constraint, Str version, bool *is_satisfied);
/* As above, for a choice among many: a version with a pre-release suffix must be named exactly
 * ("1.0.0-rc1" or "= 1.0.0-rc1"). */
MUST_USE bool version_constraint_selects(Str constraint, Str version, bool *is_selected);
/* The order of two versions; what is none comes first. */
int version_constraint_compare(Str a, Str b);
