/* deletions: the objects that the plan deletes without replacement, for providers that ask. */
#pragma once

#include "node.h"

/* Indexes the deletions by type. Call it before the walk starts; single-threaded. */
void deletions_index(EngineWalk *walk);
/* Returns true if an object of `type` whose `attribute` has the value `text` is deleted and not
 * replaced. While planning, it returns true only in a destroy plan without -target or -exclude. Any
 * thread may call it. */
bool deletions_have(const EngineWalk *walk, const char *type, const char *attribute, Str text);
/* Apply: returns true if the plan deletes or replaces one of the object's dependencies that has
 * `text` in an attribute, or found it gone. See call_loses. */
bool deletions_lose(const EngineWalk *walk, const StateObject *object, Str text);
/* Plan: the same for a resource whose dependencies are planned already, as they are when one of its
 * instances is. */
bool deletions_will_lose(const EngineWalk *walk, const ResourceNode *resource, Str text);
/* Plan: returns whether one of the dependencies is created, and may be the machine of this object.
 * See call_makes_machine. */
bool deletions_will_make(const EngineWalk *walk, const ResourceNode *resource);
