/* members: what was put in, and where. */
#include "members.h"

Members members_new(Arena *arena) {
    return (Members){.arena = arena, .places = map_new(arena)};
}

void members_put(Members *members, Str name, Value item) {
    size_t place = (size_t)(uintptr_t)map_find(&members->places, name);
    if (place) {
        members->items.items[place - 1] = item;
        return;
    }
    vec_push(members->arena, &members->names, name);
    vec_push(members->arena, &members->items, item);
    map_set(&members->places, name, (void *)(uintptr_t)members->items.count);
}

Value members_to_object(Members *members) {
    return value_object(members->names.items, members->items.items, members->names.count,
                        members->arena);
}

Value members_to_map(Members *members, const Type *element) {
    return value_map(element, members->names.items, members->items.items, members->names.count,
                     members->arena);
}
