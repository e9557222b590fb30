/* Parse: the state that the parser's files share while one text is parsed. Not for other layers.
 *
 * A parse goes on past an error: a function that met one returns what it has (a placeholder where
 * it has nothing, never NULL) after it has moved to the closing bracket of what it was about.
 * `recovers` is set once that happened; from then on errors that are likely to follow from the
 * first are not reported, and a part that has errors ends what it is a part of (parse_is_lost).
 *
 * Nesting and the number of errors are bounded: beyond, `is_over` makes the rest of the text read
 * as its end, silently. So machine-made text cannot exhaust the stack, neither here nor when the
 * tree is evaluated. */
#pragma once

#include "expr.h"
#include "function.h"
#include "lexer.h"

#define PARSE_ERRORS_MAX 100

typedef struct Parse {
    Lexer lexer;
    VEC(Token) tokens; /* looked at, from `at` on not yet read */
    size_t at;
    VEC(struct TemplatePart) parts; /* of the templates being read, the innermost one's last */
    uint32_t end;                   /* of the token read last */
    bool skips_newlines;
    bool recovers;
    bool is_over;
    uint32_t depth;
    uint32_t told; /* kinds of bad tokens that were reported: once is enough */
    uint32_t told_operators;
    size_t error_start; /* errors in `diags` from before */
    size_t error_count; /* of the grammar: what is wrong with a token alone confuses nobody */
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
/* The rest of the text, for what is wrong with its tokens; has it had errors? */
MUST_USE bool parse_finish(Parse *parse);
/* False, with an error, when the text is nested too deeply; parse_leave undoes it. */
bool parse_enter(Parse *parse, Token token);
void parse_leave(Parse *parse);
Expr *parse_node(Parse *parse, ExprKind kind, uint32_t start);
/* What stands where an expression should be and none is. */
const Expr *parse_placeholder(Parse *parse, uint32_t start);

/* Errors (parse_recover.c). */

/* An error of the grammar; of a token alone. */
void parse_error(Parse *parse, SourceRange range, const char *summary, const char *detail);
void parse_report(Parse *parse, SourceRange range, const char *summary, const char *detail);
/* "Expected a comma, but found the end of the text.", about the token. */
void parse_found(Parse *parse, Token token, const char *summary, const char *wanted);
/* The same, only while nothing has gone wrong. */
void parse_unexpected(Parse *parse, Token token, const char *summary, const char *wanted);
/* The place for parse_is_lost to compare with. */
size_t parse_mark(const Parse *parse);
/* Has there been an error since, and do we stand nobody knows where? */
bool parse_is_lost(const Parse *parse, size_t mark);
/* Reads up to and with the token that closes; pairs within are passed over. */
Token parse_recover(Parse *parse, TokenKind close);
/* Finds the next opening token, then reads up to and with what closes it. */
void parse_recover_over(Parse *parse, TokenKind open);
/* To the end of the line that ends the argument or block at hand. */
void parse_recover_item(Parse *parse);

/* Expressions. */

const Expr *parse_expression(Parse *parse);
const Expr *parse_number(Parse *parse, Token token);
/* The steps behind an expression: .name [index] [*] and so on (parse_step.c). */
const Expr *parse_steps(Parse *parse, const Expr *from);
/* Tuples, objects and for expressions; the bracket has been read (parse_collection.c). */
const Expr *parse_tuple(Parse *parse, Token open);
const Expr *parse_object(Parse *parse, Token open);
/* `a, b in` of a for expression or directive. False: an error, and the reader moves on. */
MUST_USE bool parse_for_names(Parse *parse, const char *summary, Str *key, Str *value);
/* The parts up to and with the token that closes the template. */
const Expr *parse_template(Parse *parse, Token open, TokenKind close);
/* The literal text of a template's token, escapes decoded where it has them. */
Str parse_template_text(Parse *parse, Token token, bool has_escapes);
