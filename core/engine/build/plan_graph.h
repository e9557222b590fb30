/* plan_graph: the graph of validate, plan and the console, as a list of transforms. */
#pragma once

#include "node.h"

/* Requires walk->phase and options; walk->state may be NULL. */
MUST_USE bool plan_graph_build(EngineWalk *walk, Diags *diags);
