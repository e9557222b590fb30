/* parse: reads tokens on demand; handles newlines, ranges, nesting and invalid tokens. After an
 * error, skips to a place where parsing can continue. */
#include "parse.h"

#include "utf8.h"

Parse parse_new(const SourceText *source, uint32_t start, LexerModeKind kind,
                const FunctionTable *functions, Arena *arena, Diags *diags) {
    return (Parse){.lexer = lexer_new(source, start, kind, arena),
                   .functions = functions,
                   .skips_newlines = true,
                   .error_start = diags->error_count,
                   .arena = arena,
                   .diags = diags};
}

/* Adds an error; after too many errors, ends the parse. */
static void parse_report_error(Parse *parse, SourceRange range, const char *summary,
                               const char *detail) {
    if (parse->is_over)
        return;
    diags_error(parse->diags, range, summary, "%s", detail);
    if (parse->diags->error_count - parse->error_start < PARSE_ERRORS_MAX)
        return;
    diags_error(parse->diags, range, "Too many syntax errors",
                "loam stopped checking this text after %d errors.", PARSE_ERRORS_MAX);
    parse->is_over = parse->recovers = true;
}

void parse_error(Parse *parse, SourceRange range, const char *summary, const char *detail) {
    parse_report_error(parse, range, summary, detail);
    parse->error_count++;
}

void parse_unexpected(Parse *parse, Token token, const char *summary, const char *wanted) {
    if (!parse->recovers)
        parse_found(parse, token, summary, wanted);
}

void parse_found(Parse *parse, Token token, const char *summary, const char *wanted) {
    Str detail =
        str_format(parse->arena, "%s, but found %s.", wanted, lexer_token_name(token.kind));
    parse_error(parse, parse_token_range(parse, token), summary, str_to_cstr(detail, parse->arena));
}

size_t parse_mark(const Parse *parse) {
    return parse->error_count;
}

bool parse_is_lost(const Parse *parse, size_t mark) {
    return parse->recovers && parse->error_count > mark;
}

typedef struct BadToken {
    const char *text;
    const char *summary;
    const char *detail;
} BadToken;

#define BAD_OPERATORS 4 /* the first rows, reported at most this many times in total */

static const BadToken bad_tokens[] = {
    {"&", "Unsupported operator",
     "There are no bit operators. For \"and\" of two conditions, use \"&&\"."},
    {"|", "Unsupported operator",
     "There are no bit operators. For \"or\" of two conditions, use \"||\"."},
    {"^", "Unsupported operator",
     "There are no bit operators and no power operator. For a power, use pow(a, b)."},
    {"~", "Unsupported operator", "There are no bit operators. For \"not\", use \"!\"."},
    {"'", "Invalid character", "Strings require double quotes (\")."},
    {"`", "Invalid character",
     "Strings require double quotes (\"). For several lines, use a heredoc (<<EOT)."},
    {";", "Invalid character", "Semicolons are not allowed. Use a new line instead."},
    {"\xe2\x80\x9c", "Invalid character",
     "Strings require straight double quotes (\"), not curly ones."},
    {"\xe2\x80\x9d", "Invalid character",
     "Strings require straight double quotes (\"), not curly ones."},
};

/* Returns true for rows that are reported each time. */
static bool is_always_reported(size_t row) {
    return row >= 7;
}

static void parse_report_encoding(Parse *parse, Token token) {
    uint32_t bit = 1u << ARRAY_COUNT(bad_tokens);
    if (!(parse->kinds_reported & bit))
        parse_report_error(parse, parse_token_range(parse, token), "Invalid character encoding",
                           "The text must be UTF-8, and these bytes are not.");
    parse->kinds_reported |= bit;
}

static void report_known(Parse *parse, Token token, size_t row) {
    const BadToken *bad = &bad_tokens[row];
    uint32_t bit = 1u << row;
    bool is_reported = row < BAD_OPERATORS
                           ? parse->operators_reported++ >= BAD_OPERATORS
                           : !is_always_reported(row) && (parse->kinds_reported & bit);
    parse->kinds_reported |= bit;
    if (!is_reported)
        parse_report_error(parse, parse_token_range(parse, token), bad->summary, bad->detail);
}

static void report_bad(Parse *parse, Token token) {
    Str text = parse_text(parse, token);
    if (token.kind == TOKEN_QUOTED_NEWLINE) {
        parse_report_error(parse, parse_token_range(parse, token), "Invalid multi-line string",
                           "A quoted string must end on the same line. Close it with a quote. For "
                           "several lines, use a heredoc (<<EOT).");
        return;
    }
    for (size_t i = 0; i < ARRAY_COUNT(bad_tokens); i++)
        if (str_equal_cstr(text, bad_tokens[i].text)) {
            report_known(parse, token, i);
            return;
        }
    if (utf8_valid_prefix(text) < text.len)
        parse_report_encoding(parse, token);
    else
        parse_report_error(parse, parse_token_range(parse, token), "Invalid character",
                           "This character has no meaning in the language.");
}

static Token parse_token(Parse *parse, size_t i) {
    while (parse->tokens.count <= i) {
        Token token = lexer_next(&parse->lexer);
        if (token.kind == TOKEN_BAD || token.kind == TOKEN_QUOTED_NEWLINE)
            report_bad(parse, token);
        vec_push(parse->arena, &parse->tokens, token);
    }
    if (parse->is_over)
        return (Token){.kind = TOKEN_END, .start = parse->end, .end = parse->end};
    return parse->tokens.items[i];
}

static size_t parse_next_index(Parse *parse) {
    size_t i = parse->at;
    if (parse->skips_newlines)
        while (parse_token(parse, i).kind == TOKEN_NEWLINE)
            i++;
    return i;
}

Token parse_peek(Parse *parse) {
    return parse_token(parse, parse_next_index(parse));
}

/* TOKEN_END is never consumed. Tokens read are discarded, because a file has many. */
Token parse_read(Parse *parse) {
    size_t i = parse_next_index(parse);
    Token token = parse_token(parse, i);
    parse->end = token.end;
    if (token.kind == TOKEN_END) {
        parse->at = parse->is_over ? parse->at : i;
        return token;
    }
    parse->at = i + 1;
    if (parse->at == parse->tokens.count)
        parse->at = parse->tokens.count = 0;
    return token;
}

bool parse_is_next(Parse *parse, TokenKind kind) {
    return parse_peek(parse).kind == kind;
}

bool parse_skip(Parse *parse, TokenKind kind) {
    if (!parse_is_next(parse, kind))
        return false;
    parse_read(parse);
    return true;
}

SourceRange parse_range(const Parse *parse, uint32_t start, uint32_t end) {
    return (SourceRange){.source = parse->lexer.source, .start = start, .end = end};
}

SourceRange parse_token_range(const Parse *parse, Token token) {
    return parse_range(parse, token.start, token.end);
}

Str parse_text(const Parse *parse, Token token) {
    return str_slice(parse->lexer.source->bytes, token.start, token.end);
}

bool parse_finish(Parse *parse) {
    while (!parse_is_next(parse, TOKEN_END))
        parse_read(parse);
    return parse->diags->error_count == parse->error_start;
}

bool parse_enter(Parse *parse, Token token) {
    if (parse->depth++ < EXPR_DEPTH_MAX)
        return true;
    if (!parse->is_over)
        diags_error(parse->diags, parse_token_range(parse, token), "Expression nested too deeply",
                    "The maximum nesting depth of expressions is %d. Move a part of this one to a "
                    "local value.",
                    EXPR_DEPTH_MAX);
    parse->is_over = parse->recovers = true;
    parse->error_count++;
    return false;
}

void parse_leave(Parse *parse) {
    parse->depth--;
}

Expr *parse_node(Parse *parse, ExprKind kind, uint32_t start) {
    uint32_t end = parse->end > start ? parse->end : start;
    return expr_new(kind, parse_range(parse, start, end), parse->arena);
}

const Expr *parse_placeholder(Parse *parse, uint32_t start) {
    Expr *expr = parse_node(parse, EXPR_LITERAL, start);
    expr->as.literal = value_unknown(&TYPE_DYNAMIC);
    return expr;
}

/* One kind for ${ and %{, which the same token closes. */
static TokenKind opener(TokenKind kind) {
    return kind == TOKEN_DIRECTIVE ? TOKEN_INTERPOLATION : kind;
}

static const struct {
    TokenKind open;
    TokenKind close;
} pairs[] = {
    {TOKEN_BRACE_OPEN, TOKEN_BRACE_CLOSE},     {TOKEN_BRACKET_OPEN, TOKEN_BRACKET_CLOSE},
    {TOKEN_PAREN_OPEN, TOKEN_PAREN_CLOSE},     {TOKEN_QUOTE_OPEN, TOKEN_QUOTE_CLOSE},
    {TOKEN_HEREDOC_OPEN, TOKEN_HEREDOC_CLOSE}, {TOKEN_INTERPOLATION, TOKEN_SEQUENCE_CLOSE},
};

/* Returns TOKEN_END for a token that belongs to no pair. */
static TokenKind opposite(TokenKind kind) {
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        if (pairs[i].open == kind)
            return pairs[i].close;
        if (pairs[i].close == kind)
            return pairs[i].open;
    }
    return TOKEN_END;
}

static bool is_opener(TokenKind kind) {
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++)
        if (pairs[i].open == opener(kind))
            return true;
    return false;
}

Token parse_recover(Parse *parse, TokenKind close) {
    TokenKind open = opposite(close);
    size_t nesting = 0;
    parse->recovers = true;
    for (;;) {
        Token token = parse_read(parse);
        if (token.kind == TOKEN_END || (token.kind == close && nesting == 0))
            return token;
        if (opener(token.kind) == open)
            nesting++;
        else if (token.kind == close)
            nesting--;
    }
}

typedef VEC(TokenKind) TokenKinds;

/* Removes the bracket that the token closes, and the unclosed ones inside it. */
static void close_open(TokenKinds *open, TokenKind close) {
    TokenKind wanted = opposite(close);
    while (open->count && vec_last(open) != wanted)
        open->count--;
    if (open->count)
        open->count--;
}

void parse_recover_item(Parse *parse) {
    TokenKinds open = {0};
    parse->recovers = true;
    for (;;) {
        Token token = parse_peek(parse);
        if (token.kind == TOKEN_END)
            return;
        parse_read(parse);
        if (token.kind == TOKEN_NEWLINE && open.count == 0)
            return;
        if (is_opener(token.kind))
            vec_push(parse->arena, &open, opener(token.kind));
        else if (opposite(token.kind) != TOKEN_END)
            close_open(&open, token.kind);
    }
}
