/* suite_body: wraps a body of a test file for the engine. References in its expressions name
 * objects of the test file, which the engine does not know, so they are replaced with values. */
#pragma once

#include "body.h"
#include "scope.h"

/* Evaluates the references when the content is read. */
const Body *suite_body_new(const Body *inner, const Scope *scope, Arena *arena);
