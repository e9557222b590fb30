/* type_case: types and JSON in tables of tests. */
#pragma once

#include "arena_case.h"
#include "json.h"

/* Replaces single quotes by double ones, which makes tables readable. */
static inline Str with_quotes(const char *quoted) {
    char *text = arena_alloc(arena, strlen(quoted) + 1);
    for (size_t i = 0; quoted[i]; i++)
        text[i] = quoted[i] == '\'' ? '"' : quoted[i];
    return str_from_cstr(text);
}

/* A type from JSON, as state files write types. */
static inline const Type *type_of(const char *json) {
    const Type *type = NULL;
    JsonReader reader = json_reader_new(with_quotes(json), arena);
    if (!json_read_type(&reader, json_next(&reader), &type, arena))
        fail_msg("type: %s", json);
    return type;
}
