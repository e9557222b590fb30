/* fmt_line: indents lines by brackets, sets blanks within cells, then aligns cells in columns. Most
 * tokens have one blank between them; has_space_after checks the exceptions in order of priority.
 */
#include "fmt_line.h"

#include "utf8.h"

int fmt_line_depth_change(TokenKind kind) {
    switch ((int)kind) {
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_PAREN_OPEN:
    case TOKEN_INTERPOLATION:
    case TOKEN_DIRECTIVE: return 1;
    case TOKEN_BRACE_CLOSE:
    case TOKEN_BRACKET_CLOSE:
    case TOKEN_PAREN_CLOSE:
    case TOKEN_SEQUENCE_CLOSE: return -1;
    default: return 0;
    }
}

static bool opens_sequence(TokenKind kind) {
    return kind == TOKEN_INTERPOLATION || kind == TOKEN_DIRECTIVE;
}

/* Returns true for a function name and its parenthesis, and for tokens inside a dotted or ::
 * name. */
static bool is_joined(TokenKind left, TokenKind right) {
    if (left == TOKEN_IDENTIFIER && (right == TOKEN_PAREN_OPEN || right == TOKEN_DOUBLE_COLON))
        return true;
    if (left == TOKEN_DOUBLE_COLON && right == TOKEN_IDENTIFIER)
        return true;
    return left == TOKEN_DOT || right == TOKEN_DOT || right == TOKEN_COMMA ||
           right == TOKEN_ELLIPSIS;
}

/* Returns true within strings and heredocs, where every blank is content. */
static bool is_text_edge(TokenKind left, TokenKind right) {
    return left == TOKEN_TEXT || left == TOKEN_QUOTE_OPEN || left == TOKEN_HEREDOC_OPEN ||
           right == TOKEN_TEXT || right == TOKEN_QUOTE_CLOSE || right == TOKEN_HEREDOC_CLOSE;
}

/* Returns true if the bracket is an index. */
static bool is_index(TokenKind left, TokenKind right) {
    return right == TOKEN_BRACKET_OPEN &&
           (left == TOKEN_IDENTIFIER || left == TOKEN_NUMBER || fmt_line_depth_change(left) < 0);
}

/* Returns true if a minus after this token is a sign, because the token cannot end a value. */
static bool is_sign(TokenKind before) {
    switch ((int)before) {
    case TOKEN_END: /* the minus is first on the line */
    case TOKEN_PAREN_OPEN:
    case TOKEN_BRACE_OPEN:
    case TOKEN_BRACKET_OPEN:
    case TOKEN_ASSIGN:
    case TOKEN_COLON:
    case TOKEN_COMMA:
    case TOKEN_QUESTION:
    case TOKEN_PLUS:
    case TOKEN_MINUS:
    case TOKEN_STAR:
    case TOKEN_SLASH:
    case TOKEN_PERCENT:
    case TOKEN_BANG:
    case TOKEN_EQUAL:
    case TOKEN_NOT_EQUAL:
    case TOKEN_LESS:
    case TOKEN_LESS_EQUAL:
    case TOKEN_GREATER:
    case TOKEN_GREATER_EQUAL:
    case TOKEN_AND:
    case TOKEN_OR: return true;
    default: return false;
    }
}

/* Braces have a blank inside unless the pair is empty; other brackets have none. */
static bool follows_bracket(TokenKind left, TokenKind right) {
    if (left == TOKEN_BRACE_OPEN || right == TOKEN_BRACE_CLOSE)
        return left != TOKEN_BRACE_OPEN || right != TOKEN_BRACE_CLOSE;
    if (opens_sequence(left) && right == TOKEN_BRACE_OPEN)
        return true;
    if (left == TOKEN_BRACE_CLOSE && right == TOKEN_SEQUENCE_CLOSE)
        return true;
    if (left == TOKEN_SEQUENCE_CLOSE && opens_sequence(right))
        return false;
    return fmt_line_depth_change(left) <= 0 && fmt_line_depth_change(right) >= 0;
}

/* `a.0 .1` would become a fraction without the blank. */
static bool would_be_fraction(const FmtToken *tokens, size_t count, size_t i) {
    return tokens[i].kind == TOKEN_NUMBER && tokens[i + 1].kind == TOKEN_DOT && i + 2 < count &&
           tokens[i + 2].kind == TOKEN_NUMBER;
}

/* Returns true if a blank separates tokens i and i + 1 of a line with `count` tokens. */
static bool has_space_after(const FmtToken *tokens, size_t count, size_t i) {
    TokenKind before = i > 0 ? tokens[i - 1].kind : TOKEN_END;
    TokenKind left = tokens[i].kind;
    TokenKind right = tokens[i + 1].kind;
    if (right == TOKEN_NEWLINE)
        return false;
    if (is_joined(left, right))
        return would_be_fraction(tokens, count, i);
    if (left == TOKEN_COMMA)
        return true;
    if (is_text_edge(left, right))
        return false;
    bool is_in = left == TOKEN_IDENTIFIER && str_equal(tokens[i].text, STR("in"));
    if (is_in && before == TOKEN_IDENTIFIER)
        return true; /* for x in [1, 2]: not an index */
    if (is_index(left, right) || left == TOKEN_BANG)
        return false;
    if (left == TOKEN_MINUS)
        return !is_sign(before);
    return follows_bracket(left, right);
}

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
        depth += fmt_line_depth_change(tokens->items[i].kind);
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
        depth += fmt_line_depth_change(tokens->items[i].kind);
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
        bool follows = has_space_after(tokens->items + start, end - start, i - start);
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
