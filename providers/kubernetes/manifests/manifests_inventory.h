/* ManifestsInventory: the attribute `objects` of kubernetes_manifests: the objects that the
 * resource instance has, by "GROUP/KIND/NAMESPACE/NAME". */
#pragma once

#include "map.h"
#include "object_order.h"
#include "value.h"

typedef struct ManifestsInventory {
    Map objects; /* key → Value */
} ManifestsInventory;

/* Reads the attribute of a state; null and unknown ones are empty. */
ManifestsInventory manifests_inventory_of(Value state, Arena *arena);
/* Returns the object, or null. */
Value manifests_inventory_find(const ManifestsInventory *inventory, Str key);
/* A null value removes the object. */
void manifests_inventory_set(ManifestsInventory *inventory, Str key, Value object, Arena *arena);
/* Returns the state with these objects. */
Value manifests_inventory_put(const ManifestsInventory *inventory, Value state, Arena *arena);
/* Returns the keys, those that are deleted first in front. */
StrVec manifests_inventory_deletions(const ManifestsInventory *inventory, Arena *arena);
size_t manifests_inventory_count(const ManifestsInventory *inventory);
