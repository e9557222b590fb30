/* Prints diagnostics for people. */
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

/* Wraps words into lines of at most `width` columns. Indented lines stay as they are. */
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

/* A source line to print: whole, or cut around the place. */
typedef struct Excerpt {
    Str text;
    size_t from; /* offset of the place in `text` */
    size_t to;
} Excerpt;

static void add_caret(StrBuf *out, const Excerpt *excerpt, size_t margin, const Look *look) {
    size_t before = utf8_display_width(str_slice(excerpt->text, 0, excerpt->from));
    size_t wide = utf8_display_width(str_slice(excerpt->text, excerpt->from, excerpt->to));
    strbuf_add_repeat(out, ' ', margin + before);
    strbuf_add_cstr(out, look->red);
    strbuf_add_repeat(out, '^', wide > 0 ? wide : 1);
    strbuf_add_cstr(out, look->reset);
    strbuf_add_char(out, '\n');
}

/* The width of a tab is unknown, and users' files must not control the terminal. */
static Str without_controls(Str line, Arena *scratch) {
    StrBuf out = strbuf_new(scratch);
    size_t width;
    for (size_t i = 0; i < line.len; i += width) {
        uint32_t c = utf8_decode(line, i, &width);
        bool is_control = c < 0x20 || (c >= 0x7f && c < 0xa0);
        if (is_control)
            strbuf_add_repeat(&out, ' ', width);
        else if (utf8_is_bidi_control(c))
            utf8_add(&out, 0xfffd); /* has the same number of bytes */
        else
            strbuf_add(&out, str_slice(line, i, i + width));
    }
    return strbuf_str(&out);
}

static bool is_inside_character(Str text, size_t at) {
    return at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80;
}

/* A text is never wider than its number of bytes. A line of more than four bytes per column counts
 * as too wide without measuring. */
static bool fits(Str line, size_t width) {
    return line.len <= width || (line.len <= width * 4 && utf8_display_width(line) <= width);
}

/* Cuts the line to `width` columns: a third of them before the place, the rest from there on. */
static Excerpt cut_excerpt(Excerpt whole, size_t width, const Look *look, Arena *scratch) {
    Str line = whole.text;
    Str dots = look->unicode ? STR("…") : STR("...");
    size_t room = width - 2 * utf8_display_width(dots);
    size_t begin = whole.from > room / 3 ? whole.from - room / 3 : 0;
    if (line.len - begin < room)
        begin = line.len - room;
    size_t end = begin + room;
    while (is_inside_character(line, begin))
        begin++;
    while (is_inside_character(line, end))
        end--;
    Str before = begin > 0 ? dots : STR_EMPTY;
    Str parts[] = {before, str_slice(line, begin, end), end < line.len ? dots : STR_EMPTY};
    size_t to = whole.to < end ? whole.to : end;
    return (Excerpt){
        .text = str_join(parts, ARRAY_COUNT(parts), STR_EMPTY, scratch),
        .from = whole.from - begin + before.len,
        .to = to > whole.from ? to - begin + before.len : whole.from - begin + before.len,
    };
}

static Excerpt make_excerpt(SourceRange range, size_t width, const Look *look, Arena *scratch) {
    uint32_t start;
    Str line = source_text_line(range.source, range.start, &start);
    size_t from = range.start - start < line.len ? range.start - start : line.len;
    size_t to = range.end - start < line.len ? range.end - start : line.len;
    Excerpt whole = {line, from, to > from ? to : from};
    Excerpt shown = fits(line, width) ? whole : cut_excerpt(whole, width, look, scratch);
    shown.text = without_controls(shown.text, scratch);
    return shown;
}

#define WIDTH_ELSEWHERE 400 /* width of source lines if the output is no terminal */
#define WIDTH_LEAST     40

static void add_excerpt(StrBuf *out, const Diag *diag, uint32_t terminal_width, const Look *look,
                        Arena *scratch) {
    SourceRange range = source_range_resolve(diag->range);
    const char *end = range.source->is_private ? ""
                      : diag->hides_line       ? " (source line hidden: it holds sensitive values)"
                                               : ":";
    SourcePos pos = source_text_position(range.source, range.start);
    strbuf_add_format(out, "  on %s%.*s%s line %u, column %u%s\n", look->bold,
                      STR_ARG(without_controls(range.source->path, scratch)), look->reset, pos.line,
                      pos.column, end);
    if (diag->hides_line || range.source->is_private)
        return;
    char number[32];
    size_t margin = (size_t)snprintf(number, sizeof number, "%4u: ", pos.line);
    size_t taken = margin + (look->has_bar ? 2 : 0);
    size_t width = terminal_width ? terminal_width : WIDTH_ELSEWHERE;
    width = width > taken + WIDTH_LEAST ? width - taken : WIDTH_LEAST;
    Excerpt excerpt = make_excerpt(range, width, look, scratch);
    strbuf_add_format(out, "%s%.*s\n", number, STR_ARG(excerpt.text));
    add_caret(out, &excerpt, margin, look);
}

/* As Terraform writes it: the block that contains the place, and each line of the place whole. */
static void add_peer_excerpt(StrBuf *out, const Diag *diag, const Look *look, Arena *scratch) {
    SourceRange range = source_range_resolve(diag->noticed.source ? diag->noticed : diag->range);
    SourcePos pos = source_text_position(range.source, range.start);
    bool is_hidden = diag->hides_line || diag->hides_snippet || range.source->is_private;
    Str context = range.start && !is_hidden
                      ? source_text_outline(range.source, range.start - 1, scratch)
                      : STR_EMPTY;
    strbuf_add_format(out, "  on %.*s line %u%s%.*s:\n",
                      STR_ARG(without_controls(range.source->path, scratch)), pos.line,
                      context.len ? ", in " : "", STR_ARG(without_controls(context, scratch)));
    if (is_hidden) {
        strbuf_add_cstr(out, "  (source code not available)\n");
        return;
    }
    uint32_t first;
    Str code = source_range_lines(range, &first), line;
    for (uint32_t number = pos.line; str_next_field(&code, '\n', &line); number++) {
        size_t width = WIDTH_ELSEWHERE;
        Str whole = fits(line, width) ? line : str_slice(line, 0, width);
        strbuf_add_format(out, "%4u: %.*s\n", number, STR_ARG(without_controls(whole, scratch)));
    }
    if (diag->values.count > 0)
        strbuf_add_format(out, "    %s├────────────────%s\n", look->dim, look->reset);
}

static void view_diag_add_values(StrBuf *out, const Diag *diag, const Look *look) {
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
    while (str_next_field(&text, '\n', &line))
        strbuf_add_format(out, "%s%s%s %.*s\n", color, bars[1], look->reset, STR_ARG(line));
    strbuf_add_format(out, "%s%s%s\n", color, bars[2], look->reset);
}

/* Columns of the detail: the peers leave room for the bar. */
static uint32_t peer_width(RenderStyle style, const Look *look) {
    if (!style.peer || style.columns < WIDTH_LEAST)
        return style.paragraph;
    return style.columns - (look->has_bar ? 3 : 1);
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
    if (diag->range.source && style.peer)
        add_peer_excerpt(&text, diag, &look, scratch);
    else if (diag->range.source)
        add_excerpt(&text, diag, style.width, &look, scratch);
    view_diag_add_values(&text, diag, &look);
    if (diag->detail.len > 0) {
        strbuf_add_char(&text, '\n');
        /* Names of files may contain control characters. */
        Str detail = utf8_strip_controls(diag->detail, scratch);
        add_wrapped(&text, detail, peer_width(style, &look));
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
