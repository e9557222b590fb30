/* Formats template sequences in the raw text of each scalar, if the scalar's style allows the
 * result. Finally it parses both texts and compares them: if the meaning would change, the file
 * stays as it is. */
#include "fmt_yaml.h"

#include "body.h"
#include "fmt.h"
#include "utf8.h"

#include <yaml.h>

SCOPED_TYPE(yaml_token_t, yaml_token_delete);

/* A scanner over one file; converts libyaml's character offsets to byte offsets. */
typedef struct Scan {
    Str bytes;
    yaml_parser_t parser;
    size_t index;
    size_t byte;
} Scan;

static void scan_release(Scan *scan) {
    yaml_parser_delete(&scan->parser);
}
SCOPED_TYPE(Scan, scan_release);

static void scan_init(Scan *scan, Str bytes) {
    CHECK(yaml_parser_initialize(&scan->parser));
    yaml_parser_set_input_string(&scan->parser, (const unsigned char *)bytes.ptr, bytes.len);
    scan->bytes = bytes;
    /* libyaml does not count a byte order mark. */
    scan->byte = str_starts_with(bytes, STR("\xef\xbb\xbf")) ? 3 : 0;
}

static size_t scan_byte(Scan *scan, size_t index) {
    while (scan->index < index && scan->byte < scan->bytes.len) {
        size_t width = 1;
        (void)utf8_decode(scan->bytes, scan->byte, &width);
        scan->byte += width;
        scan->index++;
    }
    return scan->byte;
}

static Str token_text(const yaml_token_t *token) {
    return (Str){(const char *)token->data.scalar.value, token->data.scalar.length};
}

typedef struct Scalar {
    yaml_scalar_style_t style;
    Str raw;
    StrBuf *out;
    Arena *arena;
} Scalar;

/* Returns the rest of the line, unescaped if the scalar is quoted. Stops at escapes that cannot
 * be restored. */
static Str decode_line(const Scalar *scalar, size_t start) {
    StrBuf buf = strbuf_new(scalar->arena);
    Str raw = scalar->raw;
    bool is_double = scalar->style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    bool is_single = scalar->style == YAML_SINGLE_QUOTED_SCALAR_STYLE;
    for (size_t i = start; i < raw.len && raw.ptr[i] != '\n'; i++) {
        char c = raw.ptr[i];
        char next = i + 1 < raw.len ? raw.ptr[i + 1] : '\0';
        bool is_escape = (is_double && c == '\\') || (is_single && c == '\'');
        bool is_known = is_double ? next == '"' || next == '\\' : next == '\'';
        if (is_escape && !is_known)
            break;
        if (is_escape)
            i++;
        strbuf_add_char(&buf, is_escape ? next : c);
    }
    return strbuf_str(&buf);
}

static Str yaml_encode(const Scalar *scalar, Str text) {
    StrBuf buf = strbuf_new(scalar->arena);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (scalar->style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && (c == '"' || c == '\\'))
            strbuf_add_char(&buf, '\\');
        if (scalar->style == YAML_SINGLE_QUOTED_SCALAR_STYLE && c == '\'')
            strbuf_add_char(&buf, '\'');
        strbuf_add_char(&buf, c);
    }
    return strbuf_str(&buf);
}

/* In a plain scalar, ": " would start a value and " #" a comment. */
static bool is_borne(const Scalar *scalar, Str text) {
    return scalar->style != YAML_PLAIN_SCALAR_STYLE ||
           (str_find(text, STR(": "), 0) == SIZE_MAX && str_find(text, STR(" #"), 0) == SIZE_MAX);
}

/* Appends the formatted sequence at `start` and returns its end, or 0 if there is none to
 * format. */
static size_t yaml_add_sequence(const Scalar *scalar, size_t start) {
    bool is_literal = scalar->style == YAML_LITERAL_SCALAR_STYLE;
    Str text = is_literal ? scalar->raw : decode_line(scalar, start);
    const SourceText *source = source_text_new(STR("<template>"), text, scalar->arena);
    uint32_t from = is_literal ? (uint32_t)start : 0;
    uint32_t end;
    Str laid_out;
    if (!fmt_sequence(source, from, &end, &laid_out, scalar->arena) || !is_borne(scalar, laid_out))
        return 0;
    strbuf_add(scalar->out, yaml_encode(scalar, laid_out));
    return start + yaml_encode(scalar, str_slice(text, from, end)).len;
}

static void yaml_add_scalar(const Scalar *scalar) {
    Str raw = scalar->raw;
    for (size_t i = 0; i < raw.len;) {
        char c = raw.ptr[i];
        size_t next = i + 1;
        if (c == '$' || c == '%') {
            bool is_escaped = next + 1 < raw.len && raw.ptr[next] == c && raw.ptr[next + 1] == '{';
            bool is_open = next < raw.len && raw.ptr[next] == '{';
            size_t end = is_open ? yaml_add_sequence(scalar, i) : 0;
            if (end) {
                i = end;
                continue;
            }
            next = is_escaped ? i + 3 : next;
        }
        strbuf_add(scalar->out, str_slice(raw, i, next));
        i = next;
    }
}

/* Returns false if libyaml rejects the text. */
static bool add_scalars(Str bytes, StrBuf *out, Arena *arena) {
    SCOPED(Scan) scan = {0};
    size_t copied = 0;
    bool is_end = false;
    scan_init(&scan, bytes);
    while (!is_end) {
        SCOPED(yaml_token_t) token = {0};
        if (!yaml_parser_scan(&scan.parser, &token))
            return false;
        is_end = token.type == YAML_STREAM_END_TOKEN;
        if (token.type != YAML_SCALAR_TOKEN)
            continue;
        size_t start = scan_byte(&scan, token.start_mark.index);
        size_t end = scan_byte(&scan, token.end_mark.index);
        strbuf_add(out, str_slice(bytes, copied, start));
        Scalar scalar = {.style = token.data.scalar.style,
                         .raw = str_slice(bytes, start, end),
                         .out = out,
                         .arena = arena};
        yaml_add_scalar(&scalar);
        copied = end;
    }
    strbuf_add(out, str_after(bytes, copied));
    return true;
}

static bool yaml_is_same_token(const yaml_token_t *a, const yaml_token_t *b, Arena *arena) {
    if (a->type != b->type)
        return false;
    return a->type != YAML_SCALAR_TOKEN || str_equal(token_text(a), token_text(b)) ||
           fmt_is_same(token_text(a), token_text(b), arena);
}

/* Returns whether the documents differ only in whitespace within template sequences. */
static bool means_the_same(Str before, Str after, Arena *arena) {
    SCOPED(Scan) left = {0};
    SCOPED(Scan) right = {0};
    bool is_end = false;
    scan_init(&left, before);
    scan_init(&right, after);
    while (!is_end) {
        SCOPED(yaml_token_t) a = {0};
        SCOPED(yaml_token_t) b = {0};
        if (!yaml_parser_scan(&left.parser, &a) || !yaml_parser_scan(&right.parser, &b) ||
            !yaml_is_same_token(&a, &b, arena))
            return false;
        is_end = a.type == YAML_STREAM_END_TOKEN;
    }
    return true;
}

/* Returns the formatted text, or `before` if formatting would change the meaning. */
static Str yaml_fmt_pass(Str before, Arena *arena) {
    StrBuf after = strbuf_new(arena);
    bool is_safe =
        add_scalars(before, &after, arena) && means_the_same(before, strbuf_str(&after), arena);
    return is_safe ? strbuf_str(&after) : before;
}

bool fmt_yaml(const SourceText *source, Str *out, Arena *arena, Diags *diags) {
    const Body *body;
    if (!body_yaml_parse(source, NULL, &body, arena, diags))
        return false;
    *out = yaml_fmt_pass(yaml_fmt_pass(source->bytes, arena), arena);
    return true;
}
