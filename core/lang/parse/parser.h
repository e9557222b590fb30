/* parser: parses the text of expressions, templates and traversals into trees.
 *
 * After an error the parse continues if possible; every error has its exact range. Function names
 * are resolved while parsing, except provider::…, which depend on the module. Evaluation reports
 * unknown functions, so that try() can catch the error. */
#pragma once

#include "expr.h"
#include "function.h"

/* Checks a source file: it must be UTF-8 and not too large. */
MUST_USE bool parser_check_text(const SourceText *source, Diags *diags);
/* Parses the whole source as one expression. */
MUST_USE bool parser_parse_expression(const SourceText *source, const FunctionTable *functions,
                                      const Expr **out, Arena *arena, Diags *diags);
/* Parses one expression of a native-syntax file, from byte `start` to the end of its line. Newlines
 * are skipped within brackets only. *end is the offset of the newline, comment or brace after it,
 * or of the end. */
MUST_USE bool parser_parse_expression_at(const SourceText *source, uint32_t start, const Expr **out,
                                         uint32_t *end, Arena *arena, Diags *diags);
/* Parses the whole source as one template. A single interpolation keeps its type; a source without
 * sequences is a literal. */
MUST_USE bool parser_parse_template(const SourceText *source, const FunctionTable *functions,
                                    const Expr **out, Arena *arena, Diags *diags);
/* Parses the whole source as one traversal (depends_on, ignore_changes, provider, …). */
MUST_USE bool parser_parse_traversal(const SourceText *source, Traversal **out, Arena *arena,
                                     Diags *diags);
