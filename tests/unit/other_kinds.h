/* other_kinds: a document of another program in which each value, one at a time, has another kind
 * than its reader expects: no kind may end the program. */
#pragma once

#include "json.h"
#include "unit.h"

typedef struct OtherKind {
    size_t at; /* number of the value that is replaced */
    size_t seen;
    Value other;
} OtherKind;

static inline Value other_kinds_replace(Value v, void *payload, Arena *) {
    OtherKind *kind = payload;
    return kind->seen++ == kind->at ? kind->other : v;
}

/* Calls `read` with the text of each such document. Returns their number. */
static inline size_t other_kinds_each(Str json, void (*read)(Str json, void *payload),
                                      void *payload) {
    static const char *const others[] = {"null", "true", "\"\"", "\"x\"",    "1",
                                         "1.5",  "1e99", "[]",   "[null,1]", "{\"a\":[{}]}"};
    SCOPED(ArenaRef) arena = arena_open("other kinds");
    SCOPED(ArenaRef) scratch = arena_open("one of other kinds");
    Value document, other;
    size_t count = 0;
    assert_true(json_parse_object(json, &document, arena));
    OtherKind all = {.at = SIZE_MAX};
    (void)value_transform(document, other_kinds_replace, &all, arena);
    for (size_t at = 0; at + 1 < all.seen; at++) { /* the last one is the document itself */
        for (size_t i = 0; i < ARRAY_COUNT(others); i++, count++) {
            Str holder = str_format(scratch, "{\"other\":%s}", others[i]);
            assert_true(json_parse_object(holder, &other, scratch));
            OtherKind kind = {.at = at, .other = value_attribute(other, STR("other"))};
            Value changed = value_transform(document, other_kinds_replace, &kind, scratch);
            read(json_text(changed, scratch), payload);
            arena_reset(scratch);
        }
    }
    return count;
}
