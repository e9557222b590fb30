/* import_source: displays the names of imported objects. */
#include "import_source.h"
#include "json.h"

bool import_source_is_known(const ImportSource *source) {
    return source->id.len > 0 || value_is_present(source->identity);
}

static void source_add_text(StrBuf *out, Value v, Arena *arena) {
    if (value_is_null(v))
        strbuf_add(out, STR("<null>"));
    else if (!value_is_wholly_known(v))
        strbuf_add(out, STR("<unknown>"));
    else if (v.type->kind == KIND_STRING)
        strbuf_add(out, value_text(v));
    else
        strbuf_add(out, json_text(v, arena));
}

/* Elements of lists stand without quotes, as the other texts. */
static void source_add_attribute(StrBuf *out, Value v, Arena *arena) {
    bool is_list = value_is_present(v) && value_is_wholly_known(v) && type_is_sequence(v.type);
    if (!is_list) {
        source_add_text(out, v, arena);
        return;
    }
    strbuf_add_char(out, '[');
    for (size_t i = 0; i < v.count; i++) {
        if (i > 0)
            strbuf_add_char(out, ',');
        source_add_text(out, value_at(v, i), arena);
    }
    strbuf_add_char(out, ']');
}

Str import_source_identity_text(Value identity, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    if (!value_is_present(identity)) {
        source_add_text(&text, identity, arena);
        return strbuf_str(&text);
    }
    for (size_t i = 0; i < identity.count; i++) {
        Str key = value_key_at(identity, i);
        strbuf_add_format(&text, "%s%.*s=", i > 0 ? "," : "", STR_ARG(key));
        source_add_attribute(&text, value_at(identity, i), arena);
    }
    return strbuf_str(&text);
}

Str import_source_text(const ImportSource *source, Arena *arena) {
    return source->id.len > 0 ? source->id : import_source_identity_text(source->identity, arena);
}
