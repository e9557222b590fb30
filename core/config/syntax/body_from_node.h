/* body_from_node: makes bodies from YAML or JSON nodes, by the rules of the JSON configuration
 * syntax. */
#pragma once

#include "body_node.h"

/* Makes the body of a whole file: an object, an array of objects, or null for an empty YAML
 * file. */
MUST_USE bool body_from_node(const BodyNode *root, const SourceText *source, BodySyntax syntax,
                             const FunctionTable *functions, const Body **out, Arena *arena,
                             Diags *diags);
