/* apply_graph: the graph of apply, as a list of transforms. */
#pragma once

#include "node.h"

/* walk->phase, options, plan and working are set. */
MUST_USE bool apply_graph_build(EngineWalk *walk, Diags *diags);
