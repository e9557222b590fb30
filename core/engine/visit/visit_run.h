/* visit_run: visits every node of a walk. */
#pragma once

#include "node.h"

/* Runs the graph; false if a node failed (its diagnostics are in walk->sink). */
bool visit_run(EngineWalk *walk);
