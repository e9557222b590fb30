/* parse: tokens on demand, newlines, ranges, nesting. */
#include "parse.h"

Parse parse_new(const Source *source,
                uint32_t start,
                LexerModeKind kind,
                const FunctionTable *functions,
                Arena *arena,
                Diags *diags) {
    return (Parse){.lexer = lexer_new(source, start, kind, arena),
                   .functions = functions,
                   .skips_newlines = true,
                   .arena = arena,
                   .diags = diags};
}

static Token parse_token(Parse *parse, size_t i) {
    while (parse->tokens.count <= i) {
        Token token = lexer_next(&parse->lexer);
        vec_push(parse->arena, &parse->tokens, token);
    }
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

Token parse_read(Parse *parse) {
    size_t i = parse_next_index(parse);
    Token token = parse_token(parse, i);
    parse->at = i + 1;
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

bool parse_is_keyword(Parse *parse, const char *word) {
    Token token = parse_peek(parse);
    return token.kind == TOKEN_IDENTIFIER && str_equal_cstr(parse_text(parse, token), word);
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

uint32_t parse_end(const Parse *parse) {
    return parse->at ? parse->tokens.items[parse->at - 1].end : parse->lexer.at;
}

bool parse_enter(Parse *parse, Token token) {
    if (parse->depth++ < PARSE_DEPTH_MAX)
        return true;
    diags_error(
        parse->diags, parse_token_range(parse, token), "Expression nested too deeply",
        "Expressions may be nested at most %d levels deep. Give a name to a part of this one, "
        "for example as a local value.",
        PARSE_DEPTH_MAX);
    return false;
}

void parse_leave(Parse *parse) {
    parse->depth--;
}

Expr *parse_node(Parse *parse, ExprKind kind, uint32_t start) {
    Expr *expr = arena_new(parse->arena, Expr);
    expr->kind = kind;
    expr->range = parse_range(parse, start, parse_end(parse));
    return expr;
}
