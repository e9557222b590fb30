/* render_parts: names in the order of their bytes, lines by a map. */
#include "render_parts.h"
#include "map.h"

static void parts_add_names(const Value *v, Map *seen, StrVec *names) {
    size_t count = v && value_is_present(*v) ? v->count : 0;
    for (size_t i = 0; i < count; i++) {
        Str name = value_key_at(*v, i);
        if (!map_set(seen, name, seen))
            vec_push(seen->arena, names, name);
    }
}

StrVec render_parts_names(const Value *before, const Value *after, Arena *arena) {
    StrVec names = {0};
    Map seen = map_new(arena);
    parts_add_names(before, &seen, &names);
    parts_add_names(after, &seen, &names);
    str_sort(names.items, names.count);
    return names;
}

static bool parts_have_common_line(Str a, Str b, Arena *scratch) {
    Map lines = map_new(scratch);
    Str line;
    while (str_next_field(&a, '\n', &line))
        map_set(&lines, line, &lines);
    while (str_next_field(&b, '\n', &line)) {
        if (map_find(&lines, line))
            return true;
    }
    return false;
}

bool render_parts_share_line(const Value *before, const Value *after, Arena *scratch) {
    const Value *sides[] = {before, after};
    bool has_lines = false;
    for (size_t i = 0; i < ARRAY_COUNT(sides); i++) {
        if (!value_is_present(*sides[i]) || sides[i]->type->kind != KIND_STRING)
            return false;
        has_lines = has_lines || str_find_char(value_text(*sides[i]), '\n', 0) != SIZE_MAX;
    }
    return has_lines && parts_have_common_line(value_text(*before), value_text(*after), scratch);
}
