/* Diagnostics for people. */
#include "view_diag.h"
#include "utf8.h"

typedef struct Look {
    const char *red, *yellow, *bold, *dim, *reset;
    bool has_bar;
    bool unicode;
} Look;

static Look look_of(RenderStyle style) {
    if (!style.color)
        return (Look){"", "", "", "", "", false, style.unicode};
    return (Look){"\033[31m", "\033[33m", "\033[1m", "\033[2m", "\033[0m", true, style.unicode};
}

/* Words in lines of at most `width` columns; text that is indented stands as it is. */
static void add_wrapped(StrBuf *out, Str text, uint32_t width) {
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        bool is_code = line.len > 0 && line.ptr[0] == ' ';
        size_t column = 0;
        Str word;
        Str rest = line;
        while (!is_code && width > 0 && str_next_field(&rest, ' ', &word)) {
            size_t size = utf8_display_width(word);
            if (column > 0 && column + 1 + size > width) {
                strbuf_add_char(out, '\n');
                column = 0;
            } else if (column > 0) {
                strbuf_add_char(out, ' ');
                column++;
            }
            strbuf_add(out, word);
            column += size;
        }
        if (is_code || width == 0)
            strbuf_add(out, line);
        strbuf_add_char(out, '\n');
    }
}

static void add_caret(StrBuf *out,
                      Str line,
                      uint32_t line_start,
                      SourceRange range,
                      size_t margin,
                      const Look *look) {
    uint32_t from = range.start - line_start;
    uint32_t to = range.end > line_start + line.len ? (uint32_t)line.len : range.end - line_start;
    size_t before = utf8_display_width(str_slice(line, 0, from));
    size_t wide = to > from ? utf8_display_width(str_slice(line, from, to)) : 0;
    strbuf_add_repeat(out, ' ', margin + before);
    strbuf_add_cstr(out, look->red);
    strbuf_add_repeat(out, '^', wide > 0 ? wide : 1);
    strbuf_add_cstr(out, look->reset);
    strbuf_add_char(out, '\n');
}

static Str without_tabs(Str line, Arena *scratch) {
    StrBuf out = strbuf_new(scratch);
    for (size_t i = 0; i < line.len; i++) {
        strbuf_add_char(&out, line.ptr[i] == '\t' ? ' ' : line.ptr[i]);
    }
    return strbuf_str(&out);
}

static void add_excerpt(StrBuf *out, SourceRange range, const Look *look, Arena *scratch) {
    range = source_resolve(range);
    SourcePos pos = source_position(range.source, range.start);
    strbuf_add_format(out, "  on %s%.*s%s line %u, column %u:\n", look->bold,
                      STR_ARG(range.source->path), look->reset, pos.line, pos.column);
    uint32_t start;
    Str line = source_line(range.source, range.start, &start);
    char number[32];
    int margin = snprintf(number, sizeof number, "%4u: ", pos.line);
    Str shown = without_tabs(line, scratch);
    if (shown.len > 400)
        shown = str_slice(shown, 0, 400);
    strbuf_add_format(out, "%s%.*s\n", number, STR_ARG(shown));
    if (range.start - start <= shown.len)
        add_caret(out, shown, start, range, (size_t)margin, look);
}

static void add_values(StrBuf *out, const Diag *diag, const Look *look) {
    vec_each(&diag->values, value) {
        strbuf_add_format(out, "    %s%s%s %.*s %.*s\n", look->dim, look->unicode ? "│" : "|",
                          look->reset, STR_ARG(value->traversal), STR_ARG(value->statement));
    }
}

static void add_bars(StrBuf *out, Str text, const char *color, const Look *look) {
    const char *const *bars =
        look->unicode ? (const char *const[]){"╷", "│", "╵"} : (const char *const[]){".", "|", "'"};
    strbuf_add_format(out, "%s%s%s\n", color, bars[0], look->reset);
    Str line;
    while (str_next_field(&text, '\n', &line)) {
        strbuf_add_format(out, "%s%s%s %.*s\n", color, bars[1], look->reset, STR_ARG(line));
    }
    strbuf_add_format(out, "%s%s%s\n", color, bars[2], look->reset);
}

void view_diag_render(const Diag *diag, RenderStyle style, StrBuf *out, Arena *scratch) {
    Look look = look_of(style);
    bool is_error = diag->severity == DIAG_ERROR;
    const char *color = is_error ? look.red : look.yellow;
    StrBuf text = strbuf_new(scratch);
    strbuf_add_format(&text, "%s%s%s: %s%s%.*s%s\n", color, look.bold,
                      is_error ? "Error" : "Warning", look.reset, look.bold, STR_ARG(diag->summary),
                      look.reset);
    if (diag->range.source || diag->address.len > 0)
        strbuf_add_char(&text, '\n');
    if (diag->address.len > 0)
        strbuf_add_format(&text, "  with %.*s,\n", STR_ARG(diag->address));
    if (diag->range.source)
        add_excerpt(&text, diag->range, &look, scratch);
    add_values(&text, diag, &look);
    if (diag->detail.len > 0) {
        strbuf_add_char(&text, '\n');
        uint32_t width = style.width > 20 ? style.width - 4 : 0;
        add_wrapped(&text, diag->detail, width > 96 ? 96 : width);
    }
    if (look.has_bar) {
        add_bars(out, str_slice(strbuf_str(&text), 0, text.len - 1), color, &look);
        return;
    }
    strbuf_add_char(out, '\n');
    strbuf_add(out, strbuf_str(&text));
}

void view_diag_show_one(const Cli *cli, const Diag *diag) {
    SCOPED(ArenaRef) scratch = arena_open("view");
    StrBuf text = strbuf_new(scratch);
    view_diag_render(diag, terminal_style(&cli->terminal), &text, scratch);
    if (diag->severity == DIAG_ERROR)
        terminal_err(strbuf_str(&text));
    else
        terminal_out(strbuf_str(&text));
}

void view_diag_show(const Cli *cli, const Diags *diags) {
    for (size_t i = 0; i < diags->count; i++) {
        view_diag_show_one(cli, &diags->items[i]);
    }
}
