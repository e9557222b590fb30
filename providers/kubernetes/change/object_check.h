/* object_check: checks a manifest that no dry run compares yet, against the schema of its kind: of
 * a definition in the same plan, else of the server. A kind without a known schema is not checked.
 */
#pragma once

#include "object_target.h"

/* Adds an error at each field that the apply would reject. `is_served`: the server has the kind. */
MUST_USE bool object_check(const ObjectRequest *request, bool is_served, Diags *diags);
