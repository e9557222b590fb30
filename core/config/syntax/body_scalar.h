/* body_scalar: the decoded text of a YAML or JSON string as a Source that maps offsets to the
 * file. It stores no mapping: it scans the raw text again when a diagnostic needs a position. */
#pragma once

#include "body_node.h"

const Source *body_scalar_source(const BodyNode *string,
                                 const Source *file,
                                 BodySyntax syntax,
                                 Arena *arena);
