/* str_quote: escapes what a template or a terminal would interpret. */
#include "str_quote.h"

#include "utf8.h"

static void quote_codepoint(StrBuf *buf, uint32_t codepoint, Str bytes, char next) {
    switch (codepoint) {
    case '"': strbuf_add_cstr(buf, "\\\""); return;
    case '\\': strbuf_add_cstr(buf, "\\\\"); return;
    case '\n': strbuf_add_cstr(buf, "\\n"); return;
    case '\r': strbuf_add_cstr(buf, "\\r"); return;
    case '\t': strbuf_add_cstr(buf, "\\t"); return;
    case '$':
    case '%': strbuf_add_repeat(buf, bytes.ptr[0], next == '{' ? 2 : 1); return;
    }
    bool is_control = codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0);
    if (is_control || utf8_is_bidi_control(codepoint)) {
        strbuf_add_format(buf, "\\u%04x", (unsigned)codepoint);
    } else {
        strbuf_add(buf, bytes);
    }
}

Str str_quote(Str s, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, '"');
    for (size_t i = 0; i < s.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(s, i, &width);
        char next = (char)(i + width < s.len ? s.ptr[i + width] : 0);
        quote_codepoint(&buf, codepoint, str_slice(s, i, i + width), next);
        i += width;
    }
    strbuf_add_char(&buf, '"');
    return strbuf_str(&buf);
}
