/* kube_warning: reads `299 - "text"`, several of which may share a header. */
#include "kube_warning.h"
#include "thread.h"
#include "utf8.h"

void kube_warning_init(KubeWarnings *warnings) {
    Arena *arena = arena_open("kubernetes warnings");
    *warnings = (KubeWarnings){.arena = arena};
    pthread_mutex_init(&warnings->mutex, NULL);
}

void kube_warning_release(KubeWarnings *warnings) {
    pthread_mutex_destroy(&warnings->mutex);
    arena_close(warnings->arena);
}

/* Reads a quoted string at the start of `*rest`; a backslash escapes the next character. */
static bool next_quoted(Str *rest, Str *out, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    size_t i = 1;
    if (rest->len == 0 || rest->ptr[0] != '"')
        return false;
    for (; i < rest->len && rest->ptr[i] != '"'; i++) {
        if (rest->ptr[i] == '\\' && i + 1 < rest->len)
            i++;
        strbuf_add_char(&text, rest->ptr[i]);
    }
    bool is_closed = i < rest->len;
    *rest = str_after(*rest, i + 1);
    *out = strbuf_str(&text);
    return is_closed;
}

/* Reads one warning: code, agent, text and perhaps a quoted date. */
static bool next_warning(Str *rest, Str *code, Str *text, Arena *arena) {
    Str agent, date;
    *rest = str_trim(*rest);
    if (!str_next_field(rest, ' ', code) || !str_next_field(rest, ' ', &agent) ||
        !next_quoted(rest, text, arena))
        return false;
    *rest = str_trim(*rest);
    (void)next_quoted(rest, &date, arena);
    *rest = str_trim(*rest);
    if (str_starts_with(*rest, STR(",")))
        *rest = str_after(*rest, 1);
    return true;
}

static bool add_to_seen(KubeWarnings *warnings, Str text) {
    LOCKED(&warnings->mutex);
    bool is_new = !map_has(&warnings->seen, text);
    if (is_new)
        map_put(warnings->arena, &warnings->seen, str_clone(text, warnings->arena), warnings);
    return is_new;
}

void kube_warning_collect(KubeWarnings *warnings, const HttpHeaders *headers, StrVec *out,
                          Arena *arena) {
    vec_each(headers, header) {
        Str rest = header->value;
        Str code, text;
        if (!str_equal_cstr(header->name, "warning"))
            continue;
        while (rest.len && next_warning(&rest, &code, &text, arena)) {
            text = utf8_one_line(text, arena);
            if (str_equal(code, STR("299")) && text.len && add_to_seen(warnings, text))
                vec_push(arena, out, text);
        }
    }
}
