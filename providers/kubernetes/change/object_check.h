/* object_check: validates a manifest against the schema of its kind, if no dry run is possible yet.
 *
 * The schema is that of a CustomResourceDefinition in the same plan, otherwise that of the server's
 * OpenAPI document. A kind without a known schema is not validated. */
#pragma once

#include "object_target.h"

/* Adds an error for each field that violates the schema; returns false if there is any. `is_served`
 * tells whether the server serves the kind, so that its OpenAPI document can be read. */
MUST_USE bool object_check(const ObjectRequest *request, bool is_served, Diags *diags);
