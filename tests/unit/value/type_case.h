/* type_case: types and JSON as tables of tests write them. */
#pragma once

#include "arena_case.h"
#include "json.h"

/* Text with single quotes for double ones, which makes tables legible. */
static inline Str with_quotes(const char *quoted) {
    char *text = arena_alloc(arena, strlen(quoted) + 1);
    for (size_t i = 0; quoted[i]; i++)
        text[i] = quoted[i] == '\'' ? '"' : quoted[i];
    return str_from_cstr(text);
}

/* Of JSON, as state files write types. */
static inline const Type *type_of(const char *json) {
    const Type *type = NULL;
    JsonReader reader = json_reader_new(with_quotes(json), arena);
    if (!json_read_type(&reader, json_next(&reader), &type, arena))
        fail_msg("type: %s", json);
    return type;
}
