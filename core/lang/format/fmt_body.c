/* fmt_body: parses arguments and blocks by recursive descent and copies their tokens from `in`
 * to `out`. */
#include "fmt_body.h"

#include "fmt_line.h"
#include "map.h"

static void add_tokens(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena) {
    for (size_t i = 0; i < count; i++)
        vec_push(arena, out, tokens[i]);
}

static void add_token(TokenKind kind, Str text, FmtTokens *out, Arena *arena) {
    vec_push(arena, out, (FmtToken){.kind = kind, .text = text});
}

/* Returns true if the quoted text is exactly one interpolation. */
static bool is_bare_interpolation(const FmtToken *tokens, size_t count) {
    if (count < 5 || tokens[0].kind != TOKEN_QUOTE_OPEN || tokens[1].kind != TOKEN_INTERPOLATION ||
        tokens[count - 2].kind != TOKEN_SEQUENCE_CLOSE ||
        tokens[count - 1].kind != TOKEN_QUOTE_CLOSE)
        return false;
    int quotes = 0;
    for (size_t i = 2; i < count - 2; i++) {
        TokenKind kind = tokens[i].kind;
        if (kind == TOKEN_QUOTE_OPEN)
            quotes++;
        else if (kind == TOKEN_QUOTE_CLOSE)
            quotes--;
        else if (quotes == 0 && (kind == TOKEN_INTERPOLATION || kind == TOKEN_SEQUENCE_CLOSE))
            return false;
    }
    return true;
}

/* Returns true if a comment with its newline ends the value before its last token. */
static bool is_cut_by_comment(const FmtToken *tokens, size_t count) {
    int depth = 0;
    for (size_t i = 0; i + 1 < count; i++) {
        depth += fmt_line_depth_change(tokens[i].kind);
        bool ends_line =
            tokens[i].kind == TOKEN_COMMENT && str_ends_with(tokens[i].text, STR("\n"));
        if (ends_line && depth == 0)
            return true;
    }
    return false;
}

static bool holds_newline(const FmtToken *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (tokens[i].kind == TOKEN_NEWLINE)
            return true;
    }
    return false;
}

/* Adds the tokens of the value to `out`; rewrites old forms. */
static void fmt_body_write_value(const FmtToken *tokens, size_t count, FmtTokens *out,
                                 Arena *arena) {
    if (!is_bare_interpolation(tokens, count)) {
        add_tokens(tokens, count, out, arena);
        return;
    }
    size_t start = 2;
    size_t end = count - 2;
    while (start < end && tokens[start].kind == TOKEN_NEWLINE)
        start++;
    while (end > start && tokens[end - 1].kind == TOKEN_NEWLINE)
        end--;
    /* A value may continue after a newline only inside brackets, so it gets parentheses. */
    bool has_parens =
        tokens[start].kind == TOKEN_PAREN_OPEN && tokens[end - 1].kind == TOKEN_PAREN_CLOSE;
    bool needs_parens = !has_parens && holds_newline(tokens + start, end - start);
    if (!needs_parens && is_cut_by_comment(tokens + start, end - start)) {
        add_tokens(tokens, count, out, arena);
        return;
    }
    if (needs_parens)
        add_token(TOKEN_PAREN_OPEN, STR("("), out, arena);
    add_tokens(tokens + start, end - start, out, arena);
    if (needs_parens)
        add_token(TOKEN_PAREN_CLOSE, STR(")"), out, arena);
}

typedef struct OldType {
    Str name;
    bool is_quoted;
    Str element; /* element type; empty: none */
} OldType;

static const OldType old_types[] = {
    {STR_CONST("list"), false, STR_CONST("any")},   {STR_CONST("map"), false, STR_CONST("any")},
    {STR_CONST("set"), false, STR_CONST("any")},    {STR_CONST("string"), true, STR_CONST("")},
    {STR_CONST("list"), true, STR_CONST("string")}, {STR_CONST("map"), true, STR_CONST("string")},
};

/* Adds the tokens of the `type` of a variable to `out`; rewrites old forms. */
static void fmt_body_write_type(const FmtToken *tokens, size_t count, FmtTokens *out,
                                Arena *arena) {
    bool is_quoted = count == 3 && tokens[0].kind == TOKEN_QUOTE_OPEN &&
                     tokens[1].kind == TOKEN_TEXT && tokens[2].kind == TOKEN_QUOTE_CLOSE;
    bool is_name = count == 1 && tokens[0].kind == TOKEN_IDENTIFIER;
    Str name = is_quoted ? tokens[1].text : tokens[0].text;
    for (size_t i = 0; (is_quoted || is_name) && i < ARRAY_COUNT(old_types); i++) {
        const OldType *old = &old_types[i];
        if (old->is_quoted != is_quoted || !str_equal(old->name, name))
            continue;
        add_token(TOKEN_IDENTIFIER, name, out, arena);
        if (!old->element.len)
            return;
        add_token(TOKEN_PAREN_OPEN, STR("("), out, arena);
        add_token(TOKEN_IDENTIFIER, old->element, out, arena);
        add_token(TOKEN_PAREN_CLOSE, STR(")"), out, arena);
        return;
    }
    add_tokens(tokens, count, out, arena);
}

#define BLOCK_DEPTH_MAX 1000

typedef struct Reader {
    const SourceText *source;
    FmtRewrite rewrite;
    VEC(Token) in;
    size_t at;
    FmtTokens *out;
    uint32_t depth;
    Arena *arena;
    Diags *diags;
} Reader;

/* The position of a body, which determines its rules. */
typedef struct Body {
    Str block_type; /* type of a top-level block; empty elsewhere */
    bool is_top;
    bool is_line; /* on one line: { one = argument } */
    Map names;
} Body;

static void fmt_body_read_tokens(Reader *reader) {
    Lexer lexer = lexer_new(reader->source, 0, LEXER_NORMAL, reader->arena);
    lexer.keeps_comments = true;
    do {
        Token token = lexer_next(&lexer);
        vec_push(reader->arena, &reader->in, token);
    } while (vec_last(&reader->in).kind != TOKEN_END);
}

static Str fmt_body_text_of(const Reader *reader, Token token) {
    return str_slice(reader->source->bytes, token.start, token.end);
}

static FmtToken fmt_token(const Reader *reader, size_t i) {
    Token token = reader->in.items[i];
    return (FmtToken){.kind = token.kind, .text = fmt_body_text_of(reader, token)};
}

/* A comment that includes its newline counts as a newline. */
static TokenKind kind_at(const Reader *reader, size_t i) {
    Token token = reader->in.items[i];
    bool ends_line =
        token.kind == TOKEN_COMMENT && str_ends_with(fmt_body_text_of(reader, token), STR("\n"));
    return ends_line ? TOKEN_NEWLINE : token.kind;
}

/* Returns the index of the next token, skipping comments within a line. */
static size_t next_index(const Reader *reader) {
    size_t i = reader->at;
    while (kind_at(reader, i) == TOKEN_COMMENT)
        i++;
    return i;
}

static TokenKind next_kind(const Reader *reader) {
    return kind_at(reader, next_index(reader));
}

/* Copies the tokens before `end`. */
static void copy_until(Reader *reader, size_t end) {
    for (; reader->at < end; reader->at++)
        vec_push(reader->arena, reader->out, fmt_token(reader, reader->at));
}

/* Copies the next token and the comments before it. */
static Token fmt_body_take(Reader *reader) {
    size_t i = next_index(reader);
    copy_until(reader, i + 1);
    return reader->in.items[i];
}

static bool fmt_body_refuse(Reader *reader, const char *summary, const char *wanted) {
    Token token = reader->in.items[next_index(reader)];
    SourceRange range = {.source = reader->source, .start = token.start, .end = token.end};
    return diags_fail(reader->diags, range, summary, "%s, but found %s.", wanted,
                      lexer_token_name(next_kind(reader)));
}

static bool fmt_body_add_name(Reader *reader, Body *body, Token name) {
    Str text = fmt_body_text_of(reader, name);
    if (!map_has(&body->names, text)) {
        map_set(&body->names, text, reader);
        return true;
    }
    SourceRange range = {.source = reader->source, .start = name.start, .end = name.end};
    return diags_fail(
        reader->diags, range, "Attribute redefined",
        "The argument \"%.*s\" is already set above. Each argument can be set only once in "
        "a block.",
        STR_ARG(text));
}

/* Copies the tokens of the value; rewrites old forms, unless only labels are rewritten. */
static void copy_value(Reader *reader, SourceRange range, bool is_type) {
    while (reader->in.items[reader->at].start < range.start)
        copy_until(reader, reader->at + 1);
    FmtTokens value = {0};
    for (; reader->in.items[reader->at].end <= range.end; reader->at++) {
        if (reader->in.items[reader->at].kind == TOKEN_END)
            break;
        vec_push(reader->arena, &value, fmt_token(reader, reader->at));
    }
    if (reader->rewrite == FMT_REWRITE_LABELS) {
        vec_each(&value, token) {
            vec_push(reader->arena, reader->out, *token);
        }
    } else if (is_type) {
        fmt_body_write_type(value.items, value.count, reader->out, reader->arena);
    } else {
        fmt_body_write_value(value.items, value.count, reader->out, reader->arena);
    }
}

static bool fmt_body_read_argument(Reader *reader, Body *body, Token name) {
    uint32_t start = fmt_body_take(reader).end; /* end of the equals sign */
    uint32_t end = 0;
    const Expr *expr = NULL;
    if (!parser_parse_expression_at(reader->source, start, &expr, &end, reader->arena,
                                    reader->diags))
        return false;
    bool is_type = str_equal(body->block_type, STR("variable")) &&
                   str_equal(fmt_body_text_of(reader, name), STR("type"));
    copy_value(reader, expr->range, is_type);
    TokenKind next = next_kind(reader);
    if (body->is_line)
        return next == TOKEN_BRACE_CLOSE ||
               fmt_body_refuse(
                   reader, "Invalid single-argument block definition",
                   "A block on one line contains one argument: expected its closing brace");
    return next == TOKEN_NEWLINE || next == TOKEN_END ||
           fmt_body_refuse(
               reader, "Missing newline after argument",
               "An argument definition must end with its line: expected the end of the line");
}

static bool fmt_body_read_body(Reader *reader, Body *body);

static void copy_name_as_label(Reader *reader) {
    size_t i = next_index(reader);
    copy_until(reader, i);
    FmtToken quote = {.kind = TOKEN_QUOTE_OPEN, .text = STR("\"")};
    FmtToken name = {.kind = TOKEN_TEXT, .text = fmt_body_text_of(reader, reader->in.items[i])};
    vec_push(reader->arena, reader->out, quote);
    vec_push(reader->arena, reader->out, name);
    quote.kind = TOKEN_QUOTE_CLOSE;
    vec_push(reader->arena, reader->out, quote);
    reader->at = i + 1;
}

static bool copy_quoted_label(Reader *reader) {
    fmt_body_take(reader);
    if (next_kind(reader) == TOKEN_TEXT)
        fmt_body_take(reader);
    if (next_kind(reader) != TOKEN_QUOTE_CLOSE)
        return fmt_body_refuse(reader, "Invalid block label",
                               "A label is literal text in quotes: expected the closing quote");
    fmt_body_take(reader);
    return true;
}

static bool read_labels(Reader *reader) {
    for (;;) {
        TokenKind kind = next_kind(reader);
        if (kind == TOKEN_BRACE_OPEN)
            return true;
        if (kind == TOKEN_IDENTIFIER)
            copy_name_as_label(reader);
        else if (kind != TOKEN_QUOTE_OPEN)
            return fmt_body_refuse(reader, "Invalid block definition",
                                   "Labels and then an opening brace begin a block");
        else if (!copy_quoted_label(reader))
            return false;
    }
}

/* Reads { name = value }. */
static bool read_line_body(Reader *reader, Body *body) {
    if (next_kind(reader) == TOKEN_BRACE_CLOSE)
        return true;
    if (next_kind(reader) != TOKEN_IDENTIFIER)
        return fmt_body_refuse(reader, "Invalid single-argument block definition",
                               "A block on one line contains one argument or none");
    Token name = fmt_body_take(reader);
    if (next_kind(reader) != TOKEN_ASSIGN)
        return fmt_body_refuse(
            reader, "Invalid single-argument block definition",
            "A block on one line contains an argument, not a block: expected an equals sign");
    return fmt_body_read_argument(reader, body, name);
}

static bool read_block_body(Reader *reader, Token open, Body *body) {
    if (reader->depth++ > BLOCK_DEPTH_MAX) {
        SourceRange range = {.source = reader->source, .start = open.start, .end = open.end};
        return diags_fail(reader->diags, range, "Blocks nested too deeply",
                          "The maximum nesting depth of blocks is %d.", BLOCK_DEPTH_MAX);
    }
    body->is_line = next_kind(reader) != TOKEN_NEWLINE;
    bool ok = body->is_line ? read_line_body(reader, body) : fmt_body_read_body(reader, body);
    reader->depth--;
    return ok;
}

static bool fmt_body_read_block(Reader *reader, const Body *outer, Token name) {
    if (!read_labels(reader))
        return false;
    Body body = {.names = map_new(reader->arena)};
    if (outer->is_top)
        body.block_type = fmt_body_text_of(reader, name);
    if (!read_block_body(reader, fmt_body_take(reader), &body))
        return false;
    fmt_body_take(reader); /* the closing brace */
    TokenKind next = next_kind(reader);
    return next == TOKEN_NEWLINE || next == TOKEN_END ||
           fmt_body_refuse(
               reader, "Missing newline after block definition",
               "A block definition must end with its line: expected the end of the line");
}

static bool fmt_body_read_item(Reader *reader, Body *body) {
    Token name = fmt_body_take(reader);
    TokenKind kind = next_kind(reader);
    if (kind == TOKEN_ASSIGN)
        return fmt_body_add_name(reader, body, name) && fmt_body_read_argument(reader, body, name);
    if (kind == TOKEN_QUOTE_OPEN || kind == TOKEN_IDENTIFIER || kind == TOKEN_BRACE_OPEN)
        return fmt_body_read_block(reader, body, name);
    return fmt_body_refuse(
        reader, "Argument or block definition required",
        "A name is followed by an equals sign (argument), or by labels and a brace "
        "(block): expected one of these");
}

/* Reads up to the closing brace; at the top level, to the end. */
static bool fmt_body_read_body(Reader *reader, Body *body) {
    for (;;) {
        TokenKind kind = next_kind(reader);
        if (kind == (body->is_top ? TOKEN_END : TOKEN_BRACE_CLOSE))
            return true;
        if (kind == TOKEN_END)
            return fmt_body_refuse(reader, "Unclosed configuration block",
                                   "Expected the closing brace of this block");
        if (kind != TOKEN_NEWLINE && kind != TOKEN_IDENTIFIER)
            return fmt_body_refuse(reader, "Argument or block definition required",
                                   "Expected the name of an argument or of a block");
        if (kind == TOKEN_NEWLINE)
            fmt_body_take(reader);
        else if (!fmt_body_read_item(reader, body))
            return false;
    }
}

bool fmt_body_read(const SourceText *source, FmtRewrite rewrite, FmtTokens *out, Arena *arena,
                   Diags *diags) {
    Reader reader = {
        .source = source, .rewrite = rewrite, .out = out, .arena = arena, .diags = diags};
    Body top = {.is_top = true, .names = map_new(arena)};
    fmt_body_read_tokens(&reader);
    if (!fmt_body_read_body(&reader, &top))
        return false;
    size_t end = reader.in.count - 1;
    uint32_t last = end ? reader.in.items[end - 1].end : 0;
    copy_until(&reader, reader.in.count);
    vec_last(out).spaces = reader.in.items[end].start - last;
    return true;
}
