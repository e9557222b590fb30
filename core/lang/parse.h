/* Parse: the state that the parser's files share while one text is parsed. Not for other layers.
 *
 * A parse function returns NULL exactly when it has added an error; its callers give up at once, so
 * a text has one syntax error at a time. Nesting is bounded: machine-made text cannot exhaust the
 * stack, neither here nor when the tree is evaluated. */
#pragma once

#include "lexer.h"
#include "parser.h"

#define PARSE_DEPTH_MAX 1000

typedef struct Parse {
    Lexer lexer;
    VEC(Token) tokens; /* as many as have been looked at */
    size_t at;
    bool skips_newlines;
    uint32_t depth;
    const FunctionTable *functions;
    Arena *arena;
    Diags *diags;
} Parse;

Parse parse_new(const Source *source,
                uint32_t start,
                LexerModeKind kind,
                const FunctionTable *functions,
                Arena *arena,
                Diags *diags);
/* The next token; newlines are passed over where they do not count. */
Token parse_peek(Parse *parse);
Token parse_read(Parse *parse);
bool parse_is_next(Parse *parse, TokenKind kind);
/* Takes it if it is next. */
bool parse_skip(Parse *parse, TokenKind kind);
bool parse_is_keyword(Parse *parse, const char *word);
Str parse_text(const Parse *parse, Token token);
SourceRange parse_range(const Parse *parse, uint32_t start, uint32_t end);
SourceRange parse_token_range(const Parse *parse, Token token);
/* Where the newest token ended. */
uint32_t parse_end(const Parse *parse);
/* False, with an error, when the text is nested too deeply; parse_leave undoes it. */
bool parse_enter(Parse *parse, Token token);
void parse_leave(Parse *parse);
Expr *parse_node(Parse *parse, ExprKind kind, uint32_t start);

const Expr *parse_expression(Parse *parse);
/* The rest of a for expression, `for` being next; `open` is its bracket or brace. */
const Expr *parse_for(Parse *parse, Token open);
/* `for a, b in collection :`, in expressions and templates alike (there without the colon). */
MUST_USE bool parse_for_names(Parse *parse, Str *key, Str *value);
/* The parts up to and with the token that closes the template. */
const Expr *parse_template(Parse *parse, Token open, TokenKind close);
/* (list of arguments); the name has been read. */
const Expr *parse_call(Parse *parse, Token name);
