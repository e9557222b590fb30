/* node_visit_run: visits every node of a walk. */
#pragma once

#include "node.h"

/* Runs the graph. Returns false if a node failed; the diagnostics are in walk->sink. */
bool node_visit_run(EngineWalk *walk);
