/* parse_recover: after an error, skips to a place where parsing can continue. */
#include "parse.h"

void parse_report(Parse *parse, SourceRange range, const char *summary, const char *detail) {
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
    parse_report(parse, range, summary, detail);
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

/* One kind for ${ and %{, which the same token closes. */
static TokenKind opener(TokenKind kind) {
    return kind == TOKEN_DIRECTIVE ? TOKEN_INTERPOLATION : kind;
}

static const struct {
    TokenKind open;
    TokenKind close;
} pairs[] = {
    {TOKEN_BRACE_OPEN,    TOKEN_BRACE_CLOSE   },
    {TOKEN_BRACKET_OPEN,  TOKEN_BRACKET_CLOSE },
    {TOKEN_PAREN_OPEN,    TOKEN_PAREN_CLOSE   },
    {TOKEN_QUOTE_OPEN,    TOKEN_QUOTE_CLOSE   },
    {TOKEN_HEREDOC_OPEN,  TOKEN_HEREDOC_CLOSE },
    {TOKEN_INTERPOLATION, TOKEN_SEQUENCE_CLOSE},
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
