/* Measures and converts text. ASCII has a fast path; the tables of utf8proc serve the rest. */
#include "utf8.h"

#include <utf8proc.h>

#define REPLACEMENT 0xfffdu

static utf8proc_ssize_t base_utf8_decode(Str s, size_t offset, utf8proc_int32_t *codepoint) {
    return utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + offset,
                            (utf8proc_ssize_t)(s.len - offset), codepoint);
}

static size_t ascii_prefix(Str s) {
    size_t i = 0;
    while (i < s.len && (unsigned char)s.ptr[i] < 0x80)
        i++;
    return i;
}

size_t utf8_valid_prefix(Str s) {
    size_t i = ascii_prefix(s);
    while (i < s.len) {
        utf8proc_int32_t codepoint;
        utf8proc_ssize_t width = base_utf8_decode(s, i, &codepoint);
        if (width <= 0)
            break;
        i += (size_t)width;
    }
    return i;
}

uint32_t utf8_decode(Str s, size_t offset, size_t *width) {
    unsigned char first = (unsigned char)s.ptr[offset];
    *width = 1;
    if (first < 0x80)
        return first;
    utf8proc_int32_t codepoint;
    utf8proc_ssize_t got = base_utf8_decode(s, offset, &codepoint);
    if (got <= 0)
        return REPLACEMENT;
    *width = (size_t)got;
    return (uint32_t)codepoint;
}

size_t utf8_encode(uint32_t codepoint, char out[4]) {
    bool valid = codepoint < 0x110000 && (codepoint < 0xd800 || codepoint > 0xdfff);
    utf8proc_uint8_t *bytes = (utf8proc_uint8_t *)out;
    return (size_t)utf8proc_encode_char((utf8proc_int32_t)(valid ? codepoint : REPLACEMENT), bytes);
}

void utf8_add(StrBuf *buf, uint32_t codepoint) {
    char bytes[4];
    size_t width = utf8_encode(codepoint, bytes);
    strbuf_add(buf, (Str){bytes, width});
}

size_t utf8_grapheme_end(Str s, size_t offset) {
    if (offset >= s.len)
        return s.len;
    size_t width;
    uint32_t before = utf8_decode(s, offset, &width);
    utf8proc_int32_t state = 0;
    for (offset += width; offset < s.len; offset += width) {
        uint32_t next = utf8_decode(s, offset, &width);
        bool plain = before < 0x80 && next < 0x80 && before != '\r';
        if (plain)
            break;
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before, (utf8proc_int32_t)next,
                                             &state)) {
            break;
        }
        before = next;
    }
    return offset;
}

size_t utf8_grapheme_count(Str s) {
    size_t count = 0;
    for (size_t i = 0; i < s.len; i = utf8_grapheme_end(s, i))
        count++;
    return count;
}

/* Returns the width of the widest part; flags and emoji presentation take two columns. */
static size_t cluster_width(Str cluster) {
    size_t widest = 0;
    size_t indicators = 0;
    size_t width;
    for (size_t i = 0; i < cluster.len; i += width) {
        uint32_t codepoint = utf8_decode(cluster, i, &width);
        if (codepoint >= 0x1f1e6 && codepoint <= 0x1f1ff)
            indicators++;
        int columns = utf8proc_charwidth((utf8proc_int32_t)codepoint);
        if (columns > 0 && (size_t)columns > widest)
            widest = (size_t)columns;
        if (codepoint == 0xfe0f || indicators == 2)
            widest = 2;
    }
    return widest;
}

size_t utf8_display_width(Str s) {
    size_t total = 0;
    while (total < s.len && s.ptr[total] >= ' ' && s.ptr[total] <= '~')
        total++;
    /* The last one may be a part of a wider cluster. */
    total -= total > 0 && total < s.len;
    for (size_t i = total; i < s.len;) {
        size_t end = utf8_grapheme_end(s, i);
        total += cluster_width(str_slice(s, i, end));
        i = end;
    }
    return total;
}

/* Code points below U+0300 are always in normal form C. */
static bool is_surely_nfc(Str s) {
    size_t width;
    for (size_t i = ascii_prefix(s); i < s.len; i += width) {
        if (utf8_decode(s, i, &width) >= 0x300)
            return false;
    }
    return true;
}

Str utf8_nfc(Str s, Arena *arena) {
    if (is_surely_nfc(s) || utf8_valid_prefix(s) != s.len)
        return s;
    const utf8proc_option_t options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)s.ptr;
    utf8proc_ssize_t length = (utf8proc_ssize_t)s.len;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, length, NULL, 0, options);
    CHECK(count >= 0);
    utf8proc_int32_t *buffer = arena_new_array(arena, utf8proc_int32_t, (size_t)count + 1);
    utf8proc_decompose(bytes, length, buffer, count, options);
    utf8proc_ssize_t got = utf8proc_reencode(buffer, count, options);
    CHECK(got >= 0);
    Str normal = {(const char *)buffer, (size_t)got};
    return str_equal(normal, s) ? s : normal;
}

#define CATEGORY(name) (1u << UTF8PROC_CATEGORY_##name)
#define LETTERS                                                                                    \
    (CATEGORY(LU) | CATEGORY(LL) | CATEGORY(LT) | CATEGORY(LM) | CATEGORY(LO) | CATEGORY(NL))
#define JOINERS (CATEGORY(MN) | CATEGORY(MC) | CATEGORY(ND) | CATEGORY(PC))

static bool has_category(uint32_t codepoint, unsigned categories) {
    return categories >> utf8proc_category((utf8proc_int32_t)codepoint) & 1;
}

/* Letters and letter numbers, without the characters that Unicode reserves for syntax, plus a few
 * that Unicode keeps for stability. */
bool utf8_is_id_start(uint32_t codepoint) {
    if (codepoint < 0x80)
        return (codepoint | 0x20) >= 'a' && (codepoint | 0x20) <= 'z';
    if (codepoint == 0x2e2f)
        return false;
    return has_category(codepoint, LETTERS) || codepoint == 0x1885 || codepoint == 0x1886 ||
           codepoint == 0x2118 || codepoint == 0x212e || codepoint == 0x309b || codepoint == 0x309c;
}

bool utf8_is_id_continue(uint32_t codepoint) {
    if (utf8_is_id_start(codepoint))
        return true;
    if (codepoint < 0x80)
        return (codepoint >= '0' && codepoint <= '9') || codepoint == '_';
    return has_category(codepoint, JOINERS) || codepoint == 0xb7 || codepoint == 0x387 ||
           codepoint == 0x19da || (codepoint >= 0x1369 && codepoint <= 0x1371);
}

static Str map_codepoints(Str s, utf8proc_int32_t (*change)(utf8proc_int32_t), Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    size_t width;
    for (size_t i = 0; i < s.len; i += width) {
        uint32_t codepoint = utf8_decode(s, i, &width);
        utf8_add(&buf, (uint32_t)change((utf8proc_int32_t)codepoint));
    }
    return strbuf_str(&buf);
}

Str utf8_upper(Str s, Arena *arena) {
    return map_codepoints(s, utf8proc_toupper, arena);
}

Str utf8_lower(Str s, Arena *arena) {
    size_t lower = 0;
    /* Fast for lower ASCII: each resource has the name of a provider. */
    while (lower < s.len && (signed char)s.ptr[lower] >= 0 &&
           (s.ptr[lower] < 'A' || s.ptr[lower] > 'Z'))
        lower++;
    return s.len > 0 && lower == s.len ? s : map_codepoints(s, utf8proc_tolower, arena);
}

/* U+00DF (sharp s) maps to itself in title case; the library may map it to a capital. */
uint32_t utf8_to_title(uint32_t codepoint) {
    if (codepoint == 0xdf)
        return codepoint;
    return (uint32_t)utf8proc_totitle((utf8proc_int32_t)codepoint);
}

bool utf8_is_space(uint32_t codepoint) {
    if (codepoint < 0x80)
        return codepoint == ' ' || (codepoint >= '\t' && codepoint <= '\r');
    return codepoint == 0x85 || codepoint == 0xa0 || codepoint == 0x1680 ||
           (codepoint >= 0x2000 && codepoint <= 0x200a) || codepoint == 0x2028 ||
           codepoint == 0x2029 || codepoint == 0x202f || codepoint == 0x205f || codepoint == 0x3000;
}

bool utf8_is_bidi_control(uint32_t codepoint) {
    return (codepoint >= 0x202a && codepoint <= 0x202e) ||
           (codepoint >= 0x2066 && codepoint <= 0x2069);
}

bool utf8_is_format(uint32_t codepoint) {
    return codepoint >= 0x80 && has_category(codepoint, CATEGORY(CF));
}

static bool is_control(uint32_t codepoint) {
    return codepoint < 0x20 || (codepoint >= 0x7f && codepoint < 0xa0) ||
           utf8_is_bidi_control(codepoint);
}

/* Returns the end of a control sequence: `i` is after its introducer; parameters and one final byte
 * follow. */
static size_t skip_csi(Str s, size_t i) {
    while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] <= 0x3f)
        i++;
    return i < s.len && s.ptr[i] >= 0x40 && s.ptr[i] <= 0x7e ? i + 1 : i;
}

/* Returns the end of a control string (title, hyperlink, …). A newline ends it too, so that an
 * unterminated string cannot hide the rest of the text. */
static size_t skip_control_string(Str s, size_t i) {
    size_t width;
    for (; i < s.len && s.ptr[i] != '\n'; i += width) {
        uint32_t codepoint = utf8_decode(s, i, &width);
        if (codepoint == 0x07 || codepoint == 0x9c)
            return i + width;
        if (codepoint == 0x1b && i + 1 < s.len && s.ptr[i + 1] == '\\')
            return i + 2;
    }
    return i;
}

/* Returns the end of the sequence that the C1 control `c1` begins. Escape and a byte c stand for C1
 * control c + 0x40. */
static size_t skip_c1(Str s, uint32_t c1, size_t i) {
    switch (c1) {
    case 0x9b: return skip_csi(s, i);
    case 0x90:
    case 0x98:
    case 0x9d:
    case 0x9e:
    case 0x9f: return skip_control_string(s, i);
    }
    return i;
}

static size_t skip_escape(Str s, size_t i) {
    while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] <= 0x2f)
        i++;
    if (i >= s.len || s.ptr[i] < 0x30 || s.ptr[i] > 0x7e)
        return i;
    return skip_c1(s, (uint32_t)s.ptr[i] + 0x40, i + 1);
}

Str utf8_strip_controls(Str s, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    for (size_t i = 0; i < s.len;) {
        size_t width;
        uint32_t codepoint = utf8_decode(s, i, &width);
        i += width;
        if (codepoint == 0x1b) {
            i = skip_escape(s, i);
        } else if (!is_control(codepoint) || codepoint == '\n' || codepoint == '\t') {
            utf8_add(&buf, codepoint);
        } else {
            i = skip_c1(s, codepoint, i);
        }
    }
    return strbuf_str(&buf);
}

Str utf8_one_line(Str s, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    Str rest = str_trim(utf8_strip_controls(s, arena)), line;
    while (str_next_field(&rest, '\n', &line)) {
        line = str_trim(line);
        if (buf.len && line.len)
            strbuf_add_cstr(&buf, " ");
        strbuf_add(&buf, line);
    }
    return strbuf_str(&buf);
}

Str utf8_indented(Str s, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    Str rest = str_trim(utf8_strip_controls(s, arena)), line;
    if (str_find_char(rest, '\n', 0) == SIZE_MAX)
        return rest;
    while (str_next_field(&rest, '\n', &line))
        strbuf_add_format(&buf, line.len ? "\n    %.*s" : "\n", STR_ARG(line));
    return strbuf_str(&buf);
}

Str utf8_settled_prefix(Str s, Arena *arena) {
    static const char delimiters[] = "-_:;/\\,.(){}[]|?!~ \t@#$%^&*+\"'";
    Str text = utf8_nfc(str_slice(s, 0, utf8_valid_prefix(s)), arena);
    size_t start = 0;
    for (size_t end = 0; end < text.len;) {
        start = end;
        end = utf8_grapheme_end(text, end);
    }
    bool is_delimiter =
        start + 1 == text.len && text.ptr[start] && strchr(delimiters, text.ptr[start]);
    return is_delimiter ? text : str_slice(text, 0, start);
}

Str utf8_shorten(Str s, size_t limit, Arena *arena) {
    if (s.len <= limit)
        return s;
    Str head = str_slice(s, 0, limit - limit / 4);
    head = str_slice(head, 0, utf8_valid_prefix(head));
    size_t from = s.len - limit / 4;
    while (from < s.len && ((unsigned char)s.ptr[from] & 0xC0) == 0x80)
        from++;
    return str_concat(str_concat(head, STR("…"), arena), str_after(s, from), arena);
}
