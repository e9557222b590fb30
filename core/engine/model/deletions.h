/* deletions: which objects the plan deletes for good, for providers that ask. */
#pragma once

#include "node.h"

/* Sorts the deletions by type. Before the walk starts; single-threaded. */
void deletions_index(EngineWalk *walk);
/* An object of `type` with `text` as the value of `attribute` is deleted and not replaced. While
 * planning, true only in a destroy plan of everything. Any thread. */
bool deletions_have(const EngineWalk *walk, const char *type, const char *attribute, Str text);
