/* body_from_node: the Body made of nodes, with the rules of the JSON configuration syntax for both
 * languages. */
#pragma once

#include "body_node.h"

/* The body of a whole file: an object, an array of objects, or null for an empty file. */
MUST_USE bool body_from_node(const BodyNode *root,
                             const Source *source,
                             BodySyntax syntax,
                             const FunctionTable *functions,
                             const Body **out,
                             Arena *arena,
                             Diags *diags);
