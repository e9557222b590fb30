/* node_visit_run: visits every selected node of a walk. */
#pragma once

#include "node.h"

/* Runs the graph once, then closes ephemeral objects and providers. Returns false if a node failed
 * or was skipped; the diagnostics are in walk->sink. */
bool node_visit_run(EngineWalk *walk);
