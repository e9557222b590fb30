/* body_scalar: the decoded text of a YAML or JSON string as a SourceText that maps offsets to the
 * file. It stores no mapping: it scans the raw text again when a diagnostic needs a position. */
#pragma once

#include "body_node.h"

const SourceText *body_scalar_source(const BodyNode *string, const SourceText *file,
                                     BodySyntax syntax, Arena *arena);
