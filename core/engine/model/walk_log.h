/* walk_log: debug lines about the graph of a walk. Each function returns at once unless debug is
 * enabled. */
#pragma once

#include "node.h"

/* Logs the keys that a block has in a module instance. */
void walk_log_expansion(const Node *node, const ModuleInstance *module, const Expansion *expansion);
