#include "manifests_inventory.h"

#include "object_builder.h"
#include "object_key.h"

ManifestsInventory manifests_inventory_of(Value state, Arena *arena) {
    ManifestsInventory inventory = {0};
    Value objects;
    if (!value_find_present(state, STR("objects"), &objects) || !type_is_mapping(objects.type))
        return inventory;
    for (size_t i = 0; i < objects.count; i++)
        manifests_inventory_set(&inventory, value_key_at(objects, i), value_at(objects, i), arena);
    return inventory;
}

Value manifests_inventory_find(const ManifestsInventory *inventory, Str key) {
    const Value *object = map_find(&inventory->objects, key);
    return object ? *object : value_null(&TYPE_DYNAMIC);
}

void manifests_inventory_set(ManifestsInventory *inventory, Str key, Value object, Arena *arena) {
    Value *kept = arena_new(arena, Value);
    *kept = object;
    map_put(arena, &inventory->objects, key, kept);
}

Value manifests_inventory_put(const ManifestsInventory *inventory, Value state, Arena *arena) {
    ObjectBuilder objects = object_builder_new(arena);
    map_each(&inventory->objects, entry) {
        const Value *object = entry->value;
        if (!value_is_null(*object))
            object_builder_put(&objects, entry->key, *object);
    }
    return object_with(state, "objects", object_builder_value(&objects), arena);
}

StrVec manifests_inventory_deletions(const ManifestsInventory *inventory, Arena *arena) {
    StrVec keys = {0};
    for (unsigned wave = OBJECT_WAVE_COUNT; wave-- > 0;) {
        map_each(&inventory->objects, entry) {
            ObjectKey key = object_key_of(*(const Value *)entry->value);
            if (!value_is_null(*(const Value *)entry->value) &&
                (unsigned)object_order_wave(key.group, key.kind) == wave)
                vec_push(arena, &keys, entry->key);
        }
    }
    return keys;
}

size_t manifests_inventory_count(const ManifestsInventory *inventory) {
    size_t count = 0;
    map_each(&inventory->objects, entry) {
        count += !value_is_null(*(const Value *)entry->value);
    }
    return count;
}
