/* field_name: joins the words of a name. */
#include "field_name.h"

/* Words that fields write otherwise than with one capital, unless they are the first word. */
typedef struct Acronym {
    const char *word;
    const char *text;
} Acronym;

static const Acronym acronyms[] = {
    {"api",  "API" },
    {"crds", "CRDs"},
    {"oidc", "OIDC"},
    {"url",  "URL" },
};

static const char *find_acronym(Str word) {
    for (size_t i = 0; i < ARRAY_COUNT(acronyms); i++) {
        if (str_equal_cstr(word, acronyms[i].word))
            return acronyms[i].text;
    }
    return NULL;
}

static void add_capitalised(StrBuf *text, Str word) {
    bool is_letter = word.len > 0 && word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
    if (is_letter)
        strbuf_add_format(text, "%c", word.ptr[0] - 'a' + 'A');
    strbuf_add(text, is_letter ? str_after(word, 1) : word);
}

Str field_name_of(Str argument, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    Str rest = argument, word;
    if (str_next_field(&rest, '_', &word))
        strbuf_add(&text, word);
    while (str_next_field(&rest, '_', &word)) {
        const char *acronym = find_acronym(word);
        if (acronym)
            strbuf_add_cstr(&text, acronym);
        else
            add_capitalised(&text, word);
    }
    return strbuf_str(&text);
}
