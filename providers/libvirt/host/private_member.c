/* private_member: reads and writes {"adoption":"imported size","seen":"…"}. */
#include "private_member.h"

#include "json.h"

static const char *const names[PRIVATE_COUNT] = {"adoption", "seen"};

/* Earlier versions stored "imported NAME…", the text of PRIVATE_SEEN, or of filters both:
 * "imported NAME… digest=SEEN". */
static Str earlier_member(Str text, PrivateMember member) {
    static const Str key = STR_CONST(" digest=");
    bool is_imported = str_starts_with(text, STR("imported"));
    if (!is_imported)
        return member == PRIVATE_SEEN ? text : STR_EMPTY;
    size_t start = str_find(text, key, 0);
    bool has_digest = start < text.len;
    if (member == PRIVATE_ADOPTION)
        return has_digest ? str_slice(text, 0, start) : text;
    return has_digest ? str_after(text, start + key.len) : STR_EMPTY;
}

Str private_member_get(Str private_data, PrivateMember member, Arena *arena) {
    Value stored;
    if (!str_starts_with(private_data, STR("{")))
        return earlier_member(private_data, member);
    return json_parse_object(private_data, &stored, arena)
               ? value_text_at(stored, str_from_cstr(names[member]))
               : STR_EMPTY;
}

Str private_member_set(Str private_data, PrivateMember member, Str text, Arena *arena) {
    Str texts[PRIVATE_COUNT];
    bool is_empty = true;
    for (PrivateMember i = 0; i < PRIVATE_COUNT; i++) {
        texts[i] = i == member ? text : private_member_get(private_data, i, arena);
        is_empty &= texts[i].len == 0;
    }
    if (is_empty)
        return STR_EMPTY;
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    for (PrivateMember i = 0; i < PRIVATE_COUNT; i++)
        if (texts[i].len)
            json_key_string(&writer, names[i], texts[i]);
    json_object_end(&writer);
    return strbuf_str(&out);
}
