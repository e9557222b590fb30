/* parser: the text of expressions, templates and traversals → trees.
 *
 * A parse goes on past an error where it can, and every error has its exact range. `functions` are
 * looked up while parsing; an unknown one is reported when it is evaluated (try() must see it). */
#pragma once

#include "expr.h"
#include "function.h"

/* What every file of a configuration is: UTF-8, and not too much of it. */
MUST_USE bool parser_check_text(const Source *source, Diags *diags);
/* The whole source is one expression. */
MUST_USE bool parser_parse_expression(const Source *source,
                                      const FunctionTable *functions,
                                      const Expr **out,
                                      Arena *arena,
                                      Diags *diags);
/* One expression of a native-syntax file, from byte `start` to the end of its line; newlines count
 * only within brackets. *end is where it stops: the newline or comment, a brace, or the end. */
MUST_USE bool parser_parse_expression_at(const Source *source,
                                         uint32_t start,
                                         const FunctionTable *functions,
                                         const Expr **out,
                                         uint32_t *end,
                                         Arena *arena,
                                         Diags *diags);
/* The whole source is one template; a single interpolation keeps its type. A source without any
 * sequence gives a literal. */
MUST_USE bool parser_parse_template(const Source *source,
                                    const FunctionTable *functions,
                                    const Expr **out,
                                    Arena *arena,
                                    Diags *diags);
/* The whole source is one traversal (depends_on, ignore_changes, provider, …). */
MUST_USE bool parser_parse_traversal(const Source *source,
                                     Traversal **out,
                                     Arena *arena,
                                     Diags *diags);
