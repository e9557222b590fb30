/* Parse: the state that the parser's files share while one text is parsed. Not for other layers.
 *
 * A parse continues after an error. The function that finds the error moves to the matching closing
 * bracket and returns the node read so far, or a placeholder (never NULL). It also sets `recovers`.
 * From then on, errors that probably follow from the first are not reported, and a part with errors
 * ends the part around it (parse_is_lost).
 *
 * Nesting and the number of errors are bounded. Beyond the bounds `is_over` is set, and the parser
 * silently reads TOKEN_END. So generated text cannot exhaust the stack, neither here nor during
 * evaluation. */
#pragma once

#include "expr.h"
#include "function.h"
#include "lexer.h"

#define PARSE_ERRORS_MAX 100

typedef VEC(const Expr *) ExprVec;

typedef struct Parse {
    Lexer lexer;
    VEC(Token) tokens; /* read ahead; those from `at` on are not consumed yet */
    size_t at;
    VEC(struct TemplatePart) parts; /* of the templates being read, innermost last */
    uint32_t end;                   /* end of the token read last */
    bool skips_newlines;
    bool recovers;
    bool is_over;
    uint32_t depth;
    uint32_t kinds_reported;     /* bit set of the kinds of invalid tokens that are reported once */
    uint32_t operators_reported; /* number of invalid operators reported; they have a limit */
    size_t error_start;          /* number of errors already in `diags` at the start */
    size_t error_count; /* syntax errors only; an invalid token does not confuse the parser */
    const FunctionTable *functions;
    Arena *arena;
    Diags *diags;
} Parse;

Parse parse_new(const SourceText *source, uint32_t start, LexerModeKind kind,
                const FunctionTable *functions, Arena *arena, Diags *diags);
/* Returns the next token; skips newlines where they are not significant. */
Token parse_peek(Parse *parse);
Token parse_read(Parse *parse);
bool parse_is_next(Parse *parse, TokenKind kind);
/* Consumes the next token if it has this kind. */
bool parse_skip(Parse *parse, TokenKind kind);
Str parse_text(const Parse *parse, Token token);
SourceRange parse_range(const Parse *parse, uint32_t start, uint32_t end);
SourceRange parse_token_range(const Parse *parse, Token token);
/* Reads the rest of the text to report its invalid tokens. Returns true if the text had no
 * errors. */
MUST_USE bool parse_finish(Parse *parse);
/* Returns false and adds an error if the text is nested too deeply. Call parse_leave in both
 * cases. */
bool parse_enter(Parse *parse, Token token);
void parse_leave(Parse *parse);
Expr *parse_node(Parse *parse, ExprKind kind, uint32_t start);
/* Returns the node for a missing expression. */
const Expr *parse_placeholder(Parse *parse, uint32_t start);

/* Errors. */

/* Adds a syntax error. */
void parse_error(Parse *parse, SourceRange range, const char *summary, const char *detail);
/* Adds the error "Expected a comma, but found the end of the text." about the token. */
void parse_found(Parse *parse, Token token, const char *summary, const char *wanted);
/* The same, but adds nothing once `recovers` is set. */
void parse_unexpected(Parse *parse, Token token, const char *summary, const char *wanted);
/* Returns a mark for parse_is_lost. */
size_t parse_mark(const Parse *parse);
/* Returns true if an error since the mark has left the parser at an uncertain position. */
bool parse_is_lost(const Parse *parse, size_t mark);
/* Reads up to and including the closing token; skips nested pairs. */
Token parse_recover(Parse *parse, TokenKind close);
/* Reads to the end of the line that ends the current argument or block. */
void parse_recover_item(Parse *parse);

/* Expressions. */

const Expr *parse_expression(Parse *parse);
/* Reads a tuple, object or for expression after its opening bracket or brace. */
const Expr *parse_collection(Parse *parse, Token open);
/* Reads `a, b in` of a for expression or directive. On failure adds an error, recovers and returns
 * false. */
MUST_USE bool parse_for_names(Parse *parse, const char *summary, Str *key, Str *value);
/* Reads the parts of a template, up to and including the token that closes it. */
const Expr *parse_template(Parse *parse, Token open, TokenKind close);
/* Returns the literal text of a template's token, with its escapes decoded. */
Str parse_template_text(Parse *parse, Token token, bool has_escapes);
