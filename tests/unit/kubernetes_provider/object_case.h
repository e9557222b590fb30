/* object_case: objects of the server and manifests as JSON, and paths as text. */
#pragma once

#include "json.h"
#include "path.h"
#include "unit.h"

static inline Value object_case(const char *json, Arena *arena) {
    const char *error;
    size_t offset;
    Value object;
    if (!json_parse_any(str_from_cstr(json), &object, &error, &offset, arena))
        fail_msg("%s: %s", json, error);
    return object;
}

/* Returns `{a:"x",b:[1,?]}`, with a question mark for each unknown value. */
static inline Str object_case_text(Value v, Arena *arena) {
    if (!value_is_known(v))
        return STR("?");
    if (value_is_null(v) || type_is_primitive(v.type))
        return json_text(v, arena);
    bool is_mapping = type_is_mapping(v.type);
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < v.count; i++) {
        strbuf_add_cstr(&text, i ? "," : "");
        if (is_mapping)
            strbuf_add_format(&text, "%.*s:", STR_ARG(value_key_at(v, i)));
        strbuf_add(&text, object_case_text(value_at(v, i), arena));
    }
    Str inside = strbuf_str(&text);
    return is_mapping ? str_format(arena, "{%.*s}", STR_ARG(inside))
                      : str_format(arena, "[%.*s]", STR_ARG(inside));
}
