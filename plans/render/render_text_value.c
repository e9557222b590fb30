/* render_text_value: values as the output and console commands print them, in the syntax of
 * expressions. */
#include "render_text.h"

#include "render_text_string.h"
#include "utf8.h"

typedef struct Printer {
    StrBuf *out;
    RenderStyle style;
    Arena *scratch;
} Printer;

static void text_value_add(Printer *printer, Value v, uint32_t indent);

static void text_value_add_line_start(Printer *printer, uint32_t indent) {
    strbuf_add_char(printer->out, '\n');
    strbuf_add_repeat(printer->out, ' ', indent);
}

/* A null shows its type. */
static void text_value_add_null(Printer *printer, const Type *type) {
    static const char *const CALLS[] = {
        [KIND_DYNAMIC] = NULL,      [KIND_BOOL] = "tobool", [KIND_NUMBER] = "tonumber",
        [KIND_STRING] = "tostring", [KIND_LIST] = "tolist", [KIND_SET] = "toset",
        [KIND_MAP] = "tomap",       [KIND_TUPLE] = NULL,    [KIND_OBJECT] = NULL,
    };
    static_assert(ARRAY_COUNT(CALLS) == KIND_OBJECT + 1, "a row for each kind");
    if (type->kind == KIND_DYNAMIC) {
        strbuf_add_cstr(printer->out, "null");
        return;
    }
    if (!CALLS[type->kind]) {
        Str name = type_friendly_name(type, printer->scratch);
        strbuf_add_format(printer->out, "null /* %.*s */", STR_ARG(name));
        return;
    }
    strbuf_add_format(printer->out, "%s(null)", CALLS[type->kind]);
    if (type_is_collection(type)) {
        Str element = type_friendly_name(type->element, printer->scratch);
        strbuf_add_format(printer->out, " /* of %.*s */", STR_ARG(element));
    }
}

/* Writes multi-line text as a heredoc with a delimiter that the text does not contain. A final
 * newline becomes an empty line. */
static void add_heredoc(Printer *printer, Str text, uint32_t indent) {
    Str delimiter = STR("EOT");
    while (str_find(text, delimiter, 0) != SIZE_MAX)
        delimiter = str_concat(delimiter, STR("_"), printer->scratch);
    strbuf_add_format(printer->out, "<<%s%.*s", indent ? "-" : "", STR_ARG(delimiter));
    for (size_t start = 0; start <= text.len;) {
        size_t end = str_find_char(text, '\n', start);
        end = end == SIZE_MAX ? text.len : end;
        text_value_add_line_start(printer, indent);
        strbuf_add(printer->out,
                   utf8_strip_controls(str_slice(text, start, end), printer->scratch));
        start = end + 1;
    }
    text_value_add_line_start(printer, indent);
    strbuf_add(printer->out, delimiter);
}

static void text_value_add_text(Printer *printer, Str text, uint32_t indent) {
    if (str_find_char(text, '\n', 0) != SIZE_MAX)
        add_heredoc(printer, text, indent);
    else
        strbuf_add(printer->out, render_text_string_quote(text, printer->scratch));
}

static void text_value_add_items(Printer *printer, Value v, const char *open, const char *close,
                                 uint32_t indent) {
    strbuf_add_cstr(printer->out, open);
    for (size_t i = 0; i < v.count; i++) {
        text_value_add_line_start(printer, indent + 2);
        text_value_add(printer, value_at(v, i), indent + 2);
        strbuf_add_char(printer->out, ',');
    }
    if (v.count)
        text_value_add_line_start(printer, indent);
    strbuf_add_cstr(printer->out, close);
}

static void text_value_add_fields(Printer *printer, Value v, const char *open, const char *close,
                                  uint32_t indent) {
    strbuf_add_cstr(printer->out, open);
    for (size_t i = 0; i < v.count; i++) {
        text_value_add_line_start(printer, indent + 2);
        Str key = value_key_at(v, i);
        strbuf_add(printer->out, render_text_string_quote(key, printer->scratch));
        strbuf_add_cstr(printer->out, " = ");
        text_value_add(printer, value_at(v, i), indent + 2);
    }
    if (v.count)
        text_value_add_line_start(printer, indent);
    strbuf_add_cstr(printer->out, close);
}

static void add_present(Printer *printer, Value v, uint32_t indent) {
    switch (v.type->kind) {
    case KIND_DYNAMIC: strbuf_add_cstr(printer->out, "null"); break;
    case KIND_BOOL: strbuf_add_cstr(printer->out, v.as.boolean ? "true" : "false"); break;
    case KIND_NUMBER: strbuf_add(printer->out, value_number_text(v, printer->scratch)); break;
    case KIND_STRING: text_value_add_text(printer, value_text(v), indent); break;
    case KIND_LIST: text_value_add_items(printer, v, "tolist([", "])", indent); break;
    case KIND_SET: text_value_add_items(printer, v, "toset([", "])", indent); break;
    case KIND_TUPLE: text_value_add_items(printer, v, "[", "]", indent); break;
    case KIND_MAP: text_value_add_fields(printer, v, "tomap({", "})", indent); break;
    case KIND_OBJECT: text_value_add_fields(printer, v, "{", "}", indent); break;
    }
}

static void text_value_add(Printer *printer, Value v, uint32_t indent) {
    if (value_has_mark(v, MARK_SENSITIVE) && !printer->style.show_sensitive) {
        strbuf_add_cstr(printer->out, "(sensitive value)");
    } else if (!value_is_known(v)) {
        strbuf_add_cstr(printer->out, render_style_unknown(printer->style));
    } else if (value_is_null(v)) {
        text_value_add_null(printer, v.type);
    } else {
        add_present(printer, v, indent);
    }
}

void render_text_value(Value v, uint32_t indent, RenderStyle style, StrBuf *out, Arena *scratch) {
    Printer printer = {.out = out, .style = style, .scratch = scratch};
    text_value_add(&printer, v, indent);
}
