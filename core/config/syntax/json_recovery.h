/* json_recovery: reads a JSON file with syntax errors and reports them, not only the first.
 *
 * The strict reader stops at the first error. This reader continues as Terraform's JSON parser
 * does: an object or array with an error becomes BODY_NODE_BAD, and the values around it are
 * read; an invalid character ends the file. It reports follow-up errors where Terraform reports
 * them, so that JSON output has the same number of errors. Human-readable output shows each error
 * at the place to correct. */
#pragma once

#include "body_node.h"

/* Returns the root value as far as it is readable. Adds at least one error. */
const BodyNode *json_recovery_read(const SourceText *source, Arena *arena, Diags *diags);
