/* Stores entries in an array; from nine entries on, an open-addressing index finds them. */
#include "map.h"

#define FIRST_CAPACITY ((size_t)2)
#define UNINDEXED      ((size_t)8)
#define FIRST_SLOTS    ((size_t)32)

Map map_new(Arena *arena) {
    return (Map){.arena = arena};
}

static size_t find_index(const Map *map, Str key, uint64_t hash) {
    if (!map->slots) {
        for (size_t i = 0; i < map->count; i++) {
            if (map->entries[i].hash == hash && str_equal(map->entries[i].key, key))
                return i;
        }
        return SIZE_MAX;
    }
    size_t mask = map->slot_count - 1;
    for (size_t at = hash & mask; map->slots[at]; at = (at + 1) & mask) {
        size_t i = map->slots[at] - 1;
        if (map->entries[i].hash == hash && str_equal(map->entries[i].key, key))
            return i;
    }
    return SIZE_MAX;
}

static void fill_slot(Map *map, size_t i) {
    size_t mask = map->slot_count - 1;
    size_t at = map->entries[i].hash & mask;
    while (map->slots[at])
        at = (at + 1) & mask;
    map->slots[at] = (uint32_t)(i + 1);
}

static void map_grow(Map *map, size_t capacity) {
    CHECK(capacity < UINT32_MAX);
    map->entries = arena_grow(map->arena, map->entries, map->capacity * sizeof(MapEntry),
                              capacity * sizeof(MapEntry));
    map->capacity = capacity;
    if (capacity <= UNINDEXED)
        return;
    map->slot_count = map->slot_count ? map->slot_count : FIRST_SLOTS;
    while (map->slot_count < capacity * 2) /* at most half full */
        map->slot_count *= 2;
    map->slots = arena_new_array(map->arena, uint32_t, map->slot_count);
    for (size_t i = 0; i < map->count; i++)
        fill_slot(map, i);
}

void map_reserve(Map *map, size_t wanted) {
    if (wanted > map->capacity)
        map_grow(map, wanted);
}

void *map_put(Arena *arena, Map *map, Str key, void *value) {
    CHECK(!map->arena || map->arena == arena);
    map->arena = arena;
    return map_set(map, key, value);
}

void *map_set(Map *map, Str key, void *value) {
    CHECK(map->arena != NULL);
    uint64_t hash = str_hash(key);
    size_t i = find_index(map, key, hash);
    if (i != SIZE_MAX) {
        void *old = map->entries[i].value;
        map->entries[i].value = value;
        return old;
    }
    if (map->count == map->capacity)
        map_grow(map, map->capacity ? map->capacity * 2 : FIRST_CAPACITY);
    map->entries[map->count++] = (MapEntry){.key = key, .value = value, .hash = hash};
    if (map->slots)
        fill_slot(map, map->count - 1);
    return NULL;
}

void *map_find(const Map *map, Str key) {
    if (map->count == 0)
        return NULL;
    size_t i = find_index(map, key, str_hash(key));
    return i == SIZE_MAX ? NULL : map->entries[i].value;
}

bool map_has(const Map *map, Str key) {
    return map->count && find_index(map, key, str_hash(key)) != SIZE_MAX;
}

Str map_did_you_mean(const Map *map, Str word, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("map keys");
    Str *keys = arena_new_array(scratch, Str, map->count);
    for (size_t i = 0; i < map->count; i++)
        keys[i] = map->entries[i].key;
    return str_did_you_mean(word, keys, map->count, arena);
}
