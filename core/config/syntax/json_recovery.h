/* json_recovery: a file that is no JSON, read for its mistakes.
 *
 * The strict reader stops at the first one. This goes on as the known JSON parser of this
 * configuration language does: an object or array with a mistake in it is a BODY_NODE_BAD, what
 * stands around it is read, and follow-ups are told where that one tells them, so that programs
 * count the same. People see each at the place that is to be mended. */
#pragma once

#include "body_node.h"

/* The outermost value, as far as there is one. Adds at least one error. */
const BodyNode *json_recovery_read(const Source *source, Arena *arena, Diags *diags);
