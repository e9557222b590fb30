/* value_display: formats a value as one line of text and masks sensitive parts. */
#include "str_quote.h"
#include "value.h"

#include "utf8.h"

#define SUMMARY_MAX      2000
#define SUMMARY_TEXT_MAX 160

/* The line being built; text beyond `limit` is dropped (SIZE_MAX: no limit). */
typedef struct Line {
    StrBuf text;
    size_t limit;
    size_t text_limit; /* for each text inside; a cut one ends with "…" and its size */
} Line;

static bool display_is_full(const Line *line) {
    return line->text.len > line->limit;
}

static void display_add_value(Line *line, Value v);

/* Cuts the text to at most `limit` bytes at a character boundary. */
static Str display_cut(Str text, size_t limit) {
    Str head = str_slice(text, 0, limit);
    return str_slice(head, 0, utf8_valid_prefix(head));
}

/* Quotes only as much of a long text as fits. */
static void display_add_text(Line *line, Str text) {
    size_t room = line->limit - line->text.len;
    size_t size = text.len;
    bool is_long = size > line->text_limit;
    if (is_long)
        text = display_cut(text, line->text_limit);
    if (text.len > room)
        text = str_slice(text, 0, room);
    text = str_slice(text, 0, utf8_valid_prefix(text));
    strbuf_add(&line->text, str_quote(text, line->text.arena));
    if (is_long)
        strbuf_add_format(&line->text, "…(%zu bytes)", size);
}

static void display_add_items(Line *line, Value v) {
    strbuf_add_char(&line->text, '[');
    for (size_t i = 0; i < v.count && !display_is_full(line); i++) {
        if (i)
            strbuf_add_cstr(&line->text, ", ");
        display_add_value(line, value_at(v, i));
    }
    strbuf_add_char(&line->text, ']');
}

static void display_add_fields(Line *line, Value v) {
    strbuf_add_char(&line->text, '{');
    for (size_t i = 0; i < v.count && !display_is_full(line); i++) {
        if (i)
            strbuf_add_cstr(&line->text, ", ");
        if (v.type->kind == KIND_MAP) {
            display_add_text(line, value_key_at(v, i));
        } else {
            strbuf_add(&line->text, value_key_at(v, i));
        }
        strbuf_add_cstr(&line->text, " = ");
        display_add_value(line, value_at(v, i));
    }
    strbuf_add_char(&line->text, '}');
}

static void display_add_known(Line *line, Value v) {
    switch (v.type->kind) {
    case KIND_DYNAMIC: break;
    case KIND_BOOL: strbuf_add_cstr(&line->text, v.as.boolean ? "true" : "false"); break;
    case KIND_NUMBER: strbuf_add(&line->text, value_number_text(v, line->text.arena)); break;
    case KIND_STRING: display_add_text(line, value_text(v)); break;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: display_add_items(line, v); break;
    case KIND_MAP:
    case KIND_OBJECT: display_add_fields(line, v); break;
    }
}

static void display_add_value(Line *line, Value v) {
    if (display_is_full(line))
        return;
    if (value_has_mark(v, MARK_SENSITIVE)) {
        strbuf_add_cstr(&line->text, "(sensitive value)");
    } else if (value_has_mark(v, MARK_EPHEMERAL)) {
        strbuf_add_cstr(&line->text, "(ephemeral value)");
    } else if (v.state == VALUE_UNKNOWN) {
        strbuf_add_cstr(&line->text, "(known after apply)");
    } else if (value_is_null(v)) {
        strbuf_add_cstr(&line->text, "null");
    } else {
        display_add_known(line, v);
    }
}

static Str display(Value v, size_t limit, size_t text_limit, Arena *arena) {
    Line line = {.text = strbuf_new(arena), .limit = limit, .text_limit = text_limit};
    display_add_value(&line, v);
    Str text = strbuf_str(&line.text);
    return display_is_full(&line) ? str_concat(display_cut(text, limit), STR("…"), arena) : text;
}

Str value_display(Value v, size_t limit, Arena *arena) {
    return display(v, limit ? limit : SIZE_MAX, SIZE_MAX, arena);
}

Str value_summary(Value v, Arena *arena) {
    return display(v, SUMMARY_MAX, SUMMARY_TEXT_MAX, arena);
}
