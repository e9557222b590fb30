/* apply_graph: the graph of apply, as a list of transforms. */
#pragma once

#include "node.h"

/* Requires walk->phase, options, plan and, unless the graph is only printed, working. */
MUST_USE bool apply_graph_build(EngineWalk *walk, Diags *diags);
