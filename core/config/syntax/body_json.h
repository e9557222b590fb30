/* body_json: reads a JSON file into nodes and reports its syntax errors, not only the first.
 *
 * After an error the reader continues as Terraform's JSON parser does: an object or array with an
 * error becomes BODY_NODE_BAD, and the values around it are read; an invalid character ends the
 * file. It reports follow-up errors where Terraform reports them, so that JSON output has the same
 * number of errors. Human-readable output shows each error at the place to correct. */
#pragma once

#include "body_node.h"

/* Returns the root value as far as it is readable. */
const BodyNode *body_json_read(const SourceText *source, Arena *arena, Diags *diags);
