/* Maps from the text of an end to statements. The text has the names of modules and resource, and
 * may have the last key. */
#include "move_index.h"

MoveIndex move_index_new(Arena *arena) {
    MoveIndex index = {.arena = arena};
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        index.any[side] = map_new(arena);
        index.exact[side] = map_new(arena);
        index.whole[side] = map_new(arena);
    }
    return index;
}

static void add_module_names(StrBuf *text, const MoveEnd *end, size_t count) {
    for (size_t i = 0; i < count; i++) {
        strbuf_add_char(text, '/');
        strbuf_add(text, end->modules[i].name);
    }
}

/* Returns the names in an end, without keys. */
static Str names_of(const MoveEnd *end, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    add_module_names(&text, end, end->module_count);
    if (end->is_resource) {
        strbuf_add_format(&text, ":%d ", (int)end->mode);
        strbuf_add(&text, end->type);
        strbuf_add_char(&text, ' ');
        strbuf_add(&text, end->name);
    }
    return strbuf_str(&text);
}

static InstanceKey last_key(const MoveEnd *end) {
    return end->is_resource ? end->key : end->modules[end->module_count - 1].key;
}

static Str with_key(Str names, InstanceKey key, Arena *arena) {
    return str_concat(names, address_key_to_str(key, arena), arena);
}

static void put(Map *map, Str text, size_t number) {
    MoveNumbers *numbers = map_find(map, text);
    if (!numbers) {
        numbers = arena_new(map->arena, MoveNumbers);
        map_set(map, text, numbers);
    }
    vec_push(map->arena, numbers, number);
}

void move_index_add(MoveIndex *index, const MoveStatement *statement, size_t number) {
    const MoveEnd *ends[] = {&statement->from, &statement->to};
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        Str names = names_of(ends[side], index->arena);
        put(&index->any[side], names, number);
        put(&index->exact[side], with_key(names, last_key(ends[side]), index->arena), number);
        if (statement->is_whole)
            put(&index->whole[side], names, number);
    }
}

static void take(const Map *map, Str text, MoveNumbers *out, Arena *arena) {
    const MoveNumbers *numbers = map_find(map, text);
    for (size_t i = 0; numbers && i < numbers->count; i++)
        vec_push(arena, out, numbers->items[i]);
}

void move_index_same(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena) {
    Str names = names_of(end, arena);
    take(&index->exact[side], with_key(names, last_key(end), arena), out, arena);
}

void move_index_any_key(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena) {
    take(&index->any[side], names_of(end, arena), out, arena);
}

/* Finds the statements with exactly this end, and those about its whole block. */
static void find_with_key(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena) {
    move_index_same(index, side, end, out, arena);
    take(&index->whole[side], names_of(end, arena), out, arena);
}

/* Finds the statements with an end that is a module containing this end. */
static void find_around(
    const MoveIndex *index, MoveSide side, const MoveEnd *end, MoveNumbers *out, Arena *arena) {
    size_t count = end->is_resource ? end->module_count : end->module_count - 1;
    for (size_t i = 1; i <= count; i++) {
        MoveEnd outer = {.modules = end->modules, .module_count = i};
        if (end->modules[i - 1].is_any)
            move_index_any_key(index, side, &outer, out, arena);
        else
            find_with_key(index, side, &outer, out, arena);
    }
}

void move_index_about(const MoveIndex *index,
                      ResourceAddr address,
                      MoveNumbers *out,
                      Arena *arena) {
    if (index->any[MOVE_FROM].count == 0)
        return;
    MoveEnd end = move_statement_end_of(address, arena);
    find_with_key(index, MOVE_FROM, &end, out, arena);
    find_around(index, MOVE_FROM, &end, out, arena);
}

void move_index_related(const MoveIndex *index,
                        const MoveStatement *statement,
                        MoveNumbers *out,
                        Arena *arena) {
    const MoveEnd *ends[] = {&statement->from, &statement->to};
    for (size_t side = MOVE_FROM; side <= MOVE_TO; side++) {
        MoveSide other = side == MOVE_FROM ? MOVE_TO : MOVE_FROM;
        if (statement->is_whole)
            move_index_any_key(index, other, ends[side], out, arena);
        else
            find_with_key(index, other, ends[side], out, arena);
        find_around(index, MOVE_FROM, ends[side], out, arena);
        find_around(index, MOVE_TO, ends[side], out, arena);
    }
}
