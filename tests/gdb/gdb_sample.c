/* Values for tests/command/gdb to print: it stops in stop(). */
#include "diag.h"
#include "path.h"

/* The numbers that loam.py has. */
static_assert(VALUE_NULL == 0 && VALUE_UNKNOWN == 2 && FLAG_BIG == 1, "states and flags");
static_assert(MARK_SENSITIVE == 1 && MARK_EPHEMERAL == 2 && MARK_DEPRECATED == 4, "marks");

static void stop(void) {
    __asm__ volatile("");
}

int main(void) {
    SCOPED(ArenaRef) arena = arena_open("gdb sample");
    Str text = STR("a \"b\"\n");
    Value number, fraction;
    bool is_read = value_from_number_text(STR("123456789012345678901234567890"), &number, arena) &&
                   value_from_number_text(STR("-2.5"), &fraction, arena);
    Value items[] = {value_int(1), value_int(2)};
    Value list = value_list(&TYPE_NUMBER, items, ARRAY_COUNT(items), arena);
    Str keys[] = {STR("k")};
    Value texts[] = {value_string(STR("v"), arena)};
    Value map = value_map(&TYPE_STRING, keys, texts, ARRAY_COUNT(texts), arena);
    Str names[] = {STR("secret"), STR("list"), STR("map"), STR("later"), STR("none")};
    Value members[] = {value_with_marks(value_bool(true), MARK_SENSITIVE), list, map,
                       value_unknown(&TYPE_STRING), value_null(&TYPE_LIST_OF_STRING)};
    Value object = value_object(names, members, ARRAY_COUNT(members), arena);
    Path path = path_index(path_attribute((Path){0}, STR("disk"), arena), value_int(0), arena);
    path = path_attribute(path, STR("size"), arena);
    Diags diags = diags_new(arena);
    const SourceText *source = source_text_new(STR("main.loam.yaml"), STR("a:\n  b: 1\n"), arena);
    diags_error(&diags, (SourceRange){source, 5, 6}, "It failed", "There is no \"%s\".", "c");
    diags_warning(&diags, NO_RANGE, "Deprecated", "Use \"%s\".", "d");
    stop();
    return is_read && text.len && object.type && path.count && diags.count ? 0 : 1;
}
