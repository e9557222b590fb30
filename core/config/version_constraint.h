/* version_constraint: "1.11.4" against ">= 1.0, < 2.0". Operators = != > >= < <= ~>, none meaning
 * =; a version with a pre-release suffix satisfies only constraints that name one. */
#pragma once

#include "str.h"

/* False: the constraint (or the version) does not parse. */
MUST_USE bool version_constraint_check(Str constraint, Str version, bool *is_satisfied);
