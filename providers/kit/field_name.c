/* field_name: converts snake_case to camelCase, with a table of abbreviations. */
#include "field_name.h"

static const struct {
    Str word;
    Str field;
} abbreviations[] = {
    {STR_CONST("api"), STR_CONST("API")}, {STR_CONST("ca"), STR_CONST("CA")},
    {STR_CONST("id"), STR_CONST("ID")},   {STR_CONST("cri"), STR_CONST("CRI")},
    {STR_CONST("dns"), STR_CONST("DNS")}, {STR_CONST("oidc"), STR_CONST("OIDC")},
    {STR_CONST("rc"), STR_CONST("RC")},   {STR_CONST("sans"), STR_CONST("SANs")},
    {STR_CONST("tls"), STR_CONST("TLS")}, {STR_CONST("url"), STR_CONST("URL")},
};

static void name_add_word(StrBuf *out, Str word) {
    for (size_t i = 0; i < ARRAY_COUNT(abbreviations); i++) {
        if (!str_equal(word, abbreviations[i].word))
            continue;
        strbuf_add(out, abbreviations[i].field);
        return;
    }
    char first = word.ptr[0];
    strbuf_add_char(out, first >= 'a' && first <= 'z' ? (char)(first - 'a' + 'A') : first);
    strbuf_add(out, str_after(word, 1));
}

Str field_name_of_attribute(Str attribute, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    Str word, rest = attribute;
    bool is_first = true;
    while (str_next_field(&rest, '_', &word)) {
        if (is_first)
            strbuf_add(&out, word);
        else if (word.len)
            name_add_word(&out, word);
        is_first = false;
    }
    return strbuf_str(&out);
}
