/* broken_document: broken forms of a document that another program wrote, or an interrupted one.
 * Its reader may reject them, but must not read beyond their bytes, nor end the program. */
#pragma once

#include "json.h"
#include "unit.h"

typedef struct OtherKind {
    size_t at; /* number of the value that is replaced */
    size_t seen;
    Value other;
} OtherKind;

static inline Value broken_document_replace(Value v, void *payload, Arena *) {
    OtherKind *kind = payload;
    return kind->seen++ == kind->at ? kind->other : v;
}

/* Calls `read` with the texts in which one value has another kind. Returns their number. */
static inline size_t broken_document_kinds(Str json, void (*read)(Str json, void *payload),
                                           void *payload) {
    static const char *const others[] = {"null", "true", "\"\"", "\"x\"",    "1",
                                         "1.5",  "1e99", "[]",   "[null,1]", "{\"a\":[{}]}"};
    SCOPED(ArenaRef) kept = arena_open("other kinds");
    SCOPED(ArenaRef) scratch = arena_open("one of other kinds");
    Value document, other;
    size_t count = 0;
    assert_true(json_parse_object(json, &document, kept));
    OtherKind all = {.at = SIZE_MAX};
    (void)value_transform(document, broken_document_replace, &all, kept);
    for (size_t at = 0; at + 1 < all.seen; at++) { /* the last one is the document itself */
        for (size_t i = 0; i < ARRAY_COUNT(others); i++, count++) {
            Str holder = str_format(scratch, "{\"other\":%s}", others[i]);
            assert_true(json_parse_object(holder, &other, scratch));
            OtherKind kind = {.at = at, .other = value_attribute(other, STR("other"))};
            Value changed = value_transform(document, broken_document_replace, &kind, scratch);
            read(json_text(changed, scratch), payload);
            arena_reset(scratch);
        }
    }
    return count;
}

/* Calls `read` with the document cut at each length, in as many bytes. */
static inline void broken_document_cut(Str json, void (*read)(Str json, void *payload),
                                       void *payload) {
    for (size_t length = 0; length < json.len; length++) {
        char *bytes = malloc(length ? length : 1);
        assert_non_null(bytes);
        memcpy(bytes, json.ptr, length);
        read((Str){bytes, length}, payload);
        free(bytes);
    }
}
