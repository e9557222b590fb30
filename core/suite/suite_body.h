/* suite_body: a body of a test file as one for the engine: what its expressions refer to are names
 * of the file, which the engine does not know, so their values stand in their places. */
#pragma once

#include "body.h"
#include "scope.h"

/* Values are looked up when the body is asked. */
const Body *suite_body_new(const Body *inner, const Scope *scope, Arena *arena);
