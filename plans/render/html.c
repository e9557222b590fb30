/* html: the only code that escapes text for HTML. */
#include "html.h"

static const char *reference_of(char c) {
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: break;
    }
    bool is_control = ((unsigned char)c < 0x20 && c != '\n' && c != '\t') || c == 0x7f;
    return is_control ? "\xef\xbf\xbd" : NULL;
}

void html_add(StrBuf *out, Str text) {
    size_t start = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *reference = reference_of(text.ptr[i]);
        if (!reference)
            continue;
        strbuf_add(out, str_slice(text, start, i));
        strbuf_add_cstr(out, reference);
        start = i + 1;
    }
    strbuf_add(out, str_after(text, start));
}

Str html_of(Str text, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    html_add(&out, text);
    return strbuf_str(&out);
}
