/* body_scalar: the decoded text of a YAML or JSON string as a Source that knows where in the file
 * each of its bytes came from. Nothing is kept for that: the raw text is read again when asked. */
#pragma once

#include "body_node.h"

const Source *body_scalar_source(const BodyNode *string,
                                 const Source *file,
                                 BodySyntax syntax,
                                 Arena *arena);
