/* version_constraint: checks a version against a constraint, such as "1.11.4" against ">= 1.0, <
 * 2.0".
 *
 * Operators are = != > >= < <= ~>; none means =. A version with a pre-release suffix satisfies
 * only constraints that have one, and != without one. */
#pragma once

#include "str.h"

/* Sets *is_satisfied. Returns false if the constraint is empty, or it or the version does not
 * parse. */
MUST_USE bool version_constraint_check(Str constraint, Str version, bool *is_satisfied);
/* Like version_constraint_check, for selecting one of several versions: a version with a
 * pre-release suffix must be named exactly ("1.0.0-rc1" or "= 1.0.0-rc1"). An empty constraint
 * allows every other version. */
MUST_USE bool version_constraint_selects(Str constraint, Str version, bool *is_selected);
/* Compares two versions; an invalid one sorts first. */
int version_constraint_compare(Str a, Str b);
/* Returns the canonical text of a constraint, as lock files have it: ">=1, ~> 2.1" → ">= 1.0.0, ~>
 * 2.1", sorted by version and operator, without duplicates. Returns the text unchanged if it does
 * not parse. */
Str version_constraint_normal(Str constraint, Arena *arena);
/* Returns whether the text is a complete version, such as 1.2.3 or 1.2.3-rc1+build. */
bool version_constraint_is_version(Str text);
