/* config_version: checks the version constraints of a file against this program. */
#pragma once

#include "body.h"

/* Adds an error to `unmet` for each version constraint of the file that this program does not
 * meet. Returns false and adds to `diags` if a constraint is invalid. */
MUST_USE bool config_version_check(const Body *file, Arena *arena, Diags *diags, Diags *unmet);
