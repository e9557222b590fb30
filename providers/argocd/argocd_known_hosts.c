#include "argocd_known_hosts.h"

#include "base64.h"

/* Skips spaces and takes the next word. */
static Str next_word(Str *rest) {
    Str word;
    *rest = str_trim(*rest);
    size_t end = 0;
    while (end < rest->len && rest->ptr[end] != ' ' && rest->ptr[end] != '\t')
        end++;
    word = str_slice(*rest, 0, end);
    *rest = str_after(*rest, end);
    return word;
}

Str argocd_known_hosts_type(Str key) {
    return next_word(&key);
}

/* The bytes of a key start with its type: four bytes of its length, then the text. */
static bool names_type(Str bytes, Str type) {
    size_t length = 0;
    for (size_t i = 0; i < 4 && i < bytes.len; i++)
        length = length << 8 | (unsigned char)bytes.ptr[i];
    return bytes.len > 4 + type.len && length == type.len &&
           str_equal(str_slice(bytes, 4, 4 + length), type);
}

Str argocd_known_hosts_problem(Str key, Arena *arena) {
    Str rest = key, bytes = STR_EMPTY;
    Str type = next_word(&rest), text = next_word(&rest);
    bool is_line = str_find_char(key, '\n', 0) == SIZE_MAX;
    if (is_line && text.len && !str_trim(rest).len && base64_decode(text, &bytes, arena) &&
        names_type(bytes, type) && key.len == type.len + 1 + text.len)
        return STR_EMPTY;
    return str_format(arena,
                      "\"%.*s\" is not a host key. Write its type, one space and the key in "
                      "base64, as a line of known_hosts has them after the name of the server.",
                      STR_ARG(key));
}

/* Returns whether the line names the server alone; *key is then its key. */
static bool is_line_of(Str line, Str server, Str *key, Arena *arena) {
    Str rest = line, name = next_word(&rest);
    Str type = next_word(&rest), text = next_word(&rest);
    *key = str_format(arena, "%.*s %.*s", STR_ARG(type), STR_ARG(text));
    return str_equal(name, server) && text.len;
}

StrVec argocd_known_hosts_find(Str text, Str server, Arena *arena) {
    StrVec found = {0};
    Str line, key;
    while (str_next_field(&text, '\n', &line)) {
        if (is_line_of(line, server, &key, arena))
            vec_push(arena, &found, key);
    }
    return found;
}

static bool hosts_has_type(const StrVec *keys, Str key) {
    Str type = argocd_known_hosts_type(key);
    vec_each(keys, other) {
        if (str_equal(argocd_known_hosts_type(*other), type))
            return true;
    }
    return false;
}

Str argocd_known_hosts_change(Str text, Str server, const StrVec *removed, const StrVec *added,
                              Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    StrVec kept = {0};
    Str rest = text, line, key;
    while (rest.len && str_next_field(&rest, '\n', &line)) {
        bool is_ours = is_line_of(line, server, &key, arena) &&
                       (hosts_has_type(removed, key) || hosts_has_type(added, key));
        bool is_kept = is_ours && str_is_among(key, added->items, added->count) &&
                       !str_is_among(key, kept.items, kept.count);
        if (is_kept)
            vec_push(arena, &kept, key);
        if (is_ours && !is_kept)
            continue;
        strbuf_add(&buf, line);
        strbuf_add_char(&buf, '\n');
    }
    vec_each(added, one) {
        if (!str_is_among(*one, kept.items, kept.count))
            strbuf_add_format(&buf, "%.*s %.*s\n", STR_ARG(server), STR_ARG(*one));
    }
    return strbuf_str(&buf);
}
