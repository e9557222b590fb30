/* world_metrics: the series of Stacks and lanes, at most six of a Stack. The caller holds the lock
 * of the world. */
#pragma once

#include "world.h"

void world_metrics_add(const World *world, int64_t now_ms, StrBuf *out);
