#include "stack_preview.h"

/* Adds the members of a spec, each with a comma; those of the target are `backend` and
 * `encryption`. */
static void add_members(StrBuf *out, Str spec, bool is_target, Arena *arena) {
    static const Str of_target[] = {STR_CONST("backend"), STR_CONST("encryption")};
    JsonReader reader = json_reader_new(spec, arena);
    Str key, value;
    if (json_next(&reader) != JSON_OBJECT_START)
        return;
    while (json_next_member(&reader, &key, &value)) {
        if (str_is_among(key, of_target, ARRAY_COUNT(of_target)) == is_target)
            strbuf_add_format(out, "\"%.*s\":%.*s,", STR_ARG(key), STR_ARG(value));
    }
}

StackSpec stack_preview_spec(const Stack *preview, const Stack *target, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Stack made = {0};
    const char *error;
    strbuf_add_cstr(&text, "{\"spec\":{");
    add_members(&text, preview->spec.text, false, arena);
    add_members(&text, target->spec.text, true, arena);
    if (target->spec.encryption.secret.name.len == 0) /* the operator made its key */
        strbuf_add_format(&text, "\"encryption\":{\"secretRef\":{\"name\":\"loam-key-%.*s\"}},",
                          STR_ARG(target->meta.name));
    text.ptr[text.len - 1] = '}';
    strbuf_add_char(&text, '}');
    return record_from_json(strbuf_str(&text), &stack_record, &made, &error, arena) ? made.spec
                                                                                    : preview->spec;
}
