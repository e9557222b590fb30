/* Map: Str → pointer, in insertion order, hence deterministic. Entries cannot be removed. Zero is
 * the empty map, as with VEC; the first map_put sets its arena. Keys are not copied. While one
 * thread writes, no other thread may use the map; a finished map can be shared. */
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

/* Returns an empty map with an arena, for map_set. */
Map map_new(Arena *arena);
/* Reserves room for `wanted` entries in total. */
void map_reserve(Map *map, size_t wanted);
/* Adds or replaces; returns the replaced value or NULL. A replaced entry keeps its position.
 * `arena` must be the same in every call for one map. */
void *map_put(Arena *arena, Map *map, Str key, void *value);
/* Like map_put, in the arena given to map_new. */
void *map_set(Map *map, Str key, void *value);
void *map_find(const Map *map, Str key); /* NULL when absent */
bool map_has(const Map *map, Str key);
/* Returns ` Did you mean "x"?` with the nearest key, as str_did_you_mean does, or empty text. */
Str map_did_you_mean(const Map *map, Str word, Arena *arena);

#define map_each(map, entry)                                                                       \
    for (const MapEntry *entry = (map)->entries,                                                   \
                        *entry##_end = (map)->count ? (map)->entries + (map)->count : entry;       \
         entry != entry##_end; entry++)
