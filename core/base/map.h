/* Map: Str → pointer, in insertion order, hence deterministic; nothing leaves it. Zero is the empty
 * map, as with VEC: map_put then says where it lives. Keys are not copied. One writer at a time;
 * readers share it once built. */
#pragma once

#include "str.h"

typedef struct MapEntry {
    Str key;
    void *value;
    uint64_t hash;
} MapEntry;

typedef struct Map {
    Arena *arena;
    MapEntry *entries; /* count of them, in insertion order */
    size_t count;
    size_t capacity;
    uint32_t *slots; /* open addressing into entries, 0 = free, else index + 1 */
    size_t slot_count;
} Map;

/* An empty map that knows its arena, for map_set. */
Map map_new(Arena *arena);
/* Room for so many entries in all. */
void map_reserve(Map *map, size_t wanted);
/* Adds or replaces; returns the replaced value or NULL. The place in the order stays. The map lives
 * in `arena`: always the same one for one map. */
void *map_put(Arena *arena, Map *map, Str key, void *value);
/* Same in the arena given to map_new. */
void *map_set(Map *map, Str key, void *value);
void *map_find(const Map *map, Str key); /* NULL when absent */
bool map_has(const Map *map, Str key);

#define map_each(map, entry)                                                                       \
    for (const MapEntry *entry = (map)->entries,                                                   \
                        *entry##_end = (map)->count ? (map)->entries + (map)->count : entry;       \
         entry != entry##_end; entry++)
