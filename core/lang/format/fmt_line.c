/* fmt_line: indents lines by brackets, sets blanks within cells, then aligns cells in
 * columns. */
#include "fmt_line.h"

#include "utf8.h"

#define INDENT 2

/* Cells as token indexes: lead [start, assign), assignment [assign, comment), comment [comment,
 * end). */
typedef struct Line {
    size_t start;
    size_t assign;
    size_t comment;
    size_t end;
} Line;

typedef VEC(Line) Lines;
typedef VEC(uint32_t) Depths; /* for each line that leaves brackets open: their number */

static bool ends_line(const FmtToken *token) {
    return token->kind == TOKEN_NEWLINE ||
           (token->kind == TOKEN_COMMENT && str_ends_with(token->text, STR("\n")));
}

/* Returns the first equals sign if the brackets after it are balanced, so that the line is a whole
 * assignment. */
static size_t find_assignment(const FmtTokens *tokens, const Line *line) {
    size_t at = line->start + 1;
    while (at < line->comment && tokens->items[at].kind != TOKEN_ASSIGN)
        at++;
    int depth = 0;
    for (size_t i = at; i < line->comment; i++)
        depth += fmt_space_depth_change(tokens->items[i].kind);
    return at < line->comment && depth == 0 ? at : line->comment;
}

static Line make_line(const FmtTokens *tokens, size_t start, size_t end) {
    Line line = {.start = start, .comment = end, .end = end};
    if (end - start > 1 && tokens->items[end - 1].kind == TOKEN_COMMENT)
        line.comment = end - 1;
    line.assign = find_assignment(tokens, &line);
    return line;
}

static void split_lines(const FmtTokens *tokens, Lines *out, Arena *arena) {
    size_t count = tokens->count;
    if (count && tokens->items[count - 1].kind == TOKEN_END)
        count--;
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 1 < count && !ends_line(&tokens->items[i]))
            continue;
        vec_push(arena, out, make_line(tokens, start, i + 1));
        start = i + 1;
    }
}

/* Returns the bracket depth change of a cell up to its first heredoc, whose sequences do not
 * count. */
static int depth_change(const FmtTokens *tokens, size_t start, size_t end) {
    int depth = 0;
    for (size_t i = start; i < end && tokens->items[i].kind != TOKEN_HEREDOC_OPEN; i++)
        depth += fmt_space_depth_change(tokens->items[i].kind);
    return depth;
}

/* A line that opens several brackets indents by one level; a line that closes them unindents by
 * one. */
static void close_depths(Depths *open, uint32_t closed) {
    while (closed > 0 && open->count > 0) {
        uint32_t *last = &vec_last(open);
        if (closed < *last) {
            *last -= closed;
            return;
        }
        closed -= *last;
        open->count--;
    }
}

static void indent_lines(FmtTokens *tokens, const Lines *lines, uint32_t base, Arena *arena) {
    Depths open = {0};
    vec_each(lines, line) {
        FmtToken *first = &tokens->items[line->start];
        first->spaces = 0;
        if (first->kind == TOKEN_NEWLINE)
            continue;
        int change = depth_change(tokens, line->start, line->assign) +
                     depth_change(tokens, line->assign, line->comment);
        if (change < 0)
            close_depths(&open, (uint32_t)-change);
        first->spaces = base + INDENT * (uint32_t)open.count;
        if (change > 0)
            vec_push(arena, &open, (uint32_t)change);
    }
}

static void space_cell(FmtTokens *tokens, size_t start, size_t end) {
    for (size_t i = start; i + 1 < end; i++) {
        bool follows = fmt_space_follows(tokens->items + start, end - start, i - start);
        tokens->items[i + 1].spaces = follows ? 1 : 0;
    }
}

static uint32_t width_of(const FmtTokens *tokens, size_t start, size_t end) {
    size_t width = 0;
    for (size_t i = start; i < end; i++)
        width += tokens->items[i].spaces + utf8_grapheme_count(tokens->items[i].text);
    return (uint32_t)width;
}

/* Returns the first token of a line's assignment or comment, or NULL if the line has none. */
typedef FmtToken *(*CellStart)(const FmtTokens *tokens, const Line *line);

static FmtToken *assign_cell(const FmtTokens *tokens, const Line *line) {
    return line->assign < line->comment ? &tokens->items[line->assign] : NULL;
}

static FmtToken *comment_cell(const FmtTokens *tokens, const Line *line) {
    return line->comment < line->end ? &tokens->items[line->comment] : NULL;
}

static void align_run(const FmtTokens *tokens, const Line *from, const Line *to, CellStart cell) {
    uint32_t widest = 0;
    for (int is_second = 0; is_second < 2; is_second++) {
        for (const Line *line = from; line < to; line++) {
            FmtToken *token = cell(tokens, line);
            uint32_t width = width_of(tokens, line->start, (size_t)(token - tokens->items));
            if (is_second)
                token->spaces = widest - width + 1;
            else if (width > widest)
                widest = width;
        }
    }
}

/* Aligns the cell in each run of adjacent lines that have it. */
static void align_lines(const FmtTokens *tokens, const Lines *lines, CellStart cell) {
    const Line *end = lines->items + lines->count;
    for (const Line *line = lines->items; line < end;) {
        const Line *from = line;
        while (line < end && cell(tokens, line))
            line++;
        if (line > from)
            align_run(tokens, from, line, cell);
        else
            line++;
    }
}

void fmt_line_arrange(FmtTokens *tokens, uint32_t base, Arena *arena) {
    Lines lines = {0};
    split_lines(tokens, &lines, arena);
    if (!lines.count)
        return;
    indent_lines(tokens, &lines, base, arena);
    vec_each(&lines, line) {
        space_cell(tokens, line->start, line->assign);
        space_cell(tokens, line->assign, line->comment);
        if (line->assign < line->comment)
            tokens->items[line->assign].spaces = 1;
    }
    align_lines(tokens, &lines, assign_cell);
    align_lines(tokens, &lines, comment_cell);
}

Str fmt_line_text(const FmtTokens *tokens, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(tokens, token) {
        strbuf_add_repeat(&buf, ' ', token->spaces);
        strbuf_add(&buf, token->text);
    }
    return strbuf_str(&buf);
}
