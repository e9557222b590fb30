/* imports: assigns the ids of import blocks, or of the import command, to the instances of one
 * resource. */
#pragma once

#include "node_visit.h"

/* Sets the import id of each imported record that has no object yet; in the first pass of a
 * destroy, of none. Call it after all module instances have records. Returns false with an error if
 * an address occurs twice or has no instance. */
MUST_USE bool imports_assign(NodeVisit *visit);
