/* planned_objects: the objects of a plan on which a resource depends, for providers that ask. */
#pragma once

#include "node.h"

typedef VEC(const ResourceChange *) PlannedObjects;

/* Plan: adds the changes and no-ops of all objects of `type` on which the resource depends, unless
 * the plan deletes them. They are planned already, as one of its instances is. Any thread may call
 * it. */
void planned_objects_find(const EngineWalk *walk, const ResourceNode *resource, Str type,
                          PlannedObjects *out, Arena *arena);
