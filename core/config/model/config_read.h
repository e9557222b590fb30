/* config_read: the contents of a block's body as the model wants them. An absent argument leaves
 * *out as it is. */
#pragma once

#include "config.h"

/* A letter or underscore, then letters, digits, underscores and dashes; `what` for the message. */
MUST_USE bool config_read_identifier(Str name, SourceRange range, const char *what, Diags *diags);
const Expr *config_read_expr(const BodyContent *content, const char *name);
/* Of a block that has `count` and, from another file, `for_each`, NULL: one of the two came to
 * override the other, and as upstream it is `count` that repeats the block then. */
const Expr *config_read_for_each(const BodyBlock *block, const BodyContent *content);
MUST_USE bool config_read_literal(
    const BodyAttribute *attribute, const Type *type, Value *out, Arena *arena, Diags *diags);
MUST_USE bool config_read_string(
    const BodyContent *content, const char *name, Str *out, Arena *arena, Diags *diags);
MUST_USE bool config_read_bool(
    const BodyContent *content, const char *name, bool *out, Arena *arena, Diags *diags);
/* A list of references: depends_on, ignore_changes. */
MUST_USE bool config_read_traversals(
    const BodyContent *content, const char *name, Traversals *out, Arena *arena, Diags *diags);
/* A reference alone, parentheses around it or not; NULL: it is none. */
Traversal *config_read_traversal(const Expr *expr);
/* All blocks of that type: precondition, postcondition, validation, assert; also those that judge
 * nothing, which is an error. */
MUST_USE bool config_read_conditions(
    const BodyContent *content, const char *type, Conditions *out, Arena *arena, Diags *diags);
/* Does its condition refer to anything? */
bool config_read_is_judging(const Condition *condition);
/* The block of that type, NULL if there is none; where there are more, they are errors. */
MUST_USE bool config_read_only_block(const BodyContent *content,
                                     const char *type,
                                     const BodyBlock **out,
                                     Diags *diags);
/* Another block of a type of which there may be one; always false. */
bool config_read_refuse_second(const BodyBlock *block, SourceRange first, Diags *diags);
/* One of two bare words; no expression leaves *is_other. */
MUST_USE bool config_read_keyword(
    const Expr *expr, const char *name, const char *const words[2], bool *is_other, Diags *diags);
/* "main.loam.yaml, line 3", for "declared already at …". */
Str config_read_place(SourceRange range, Arena *arena);
/* ".a[0]: a number is required": what a failed conversion says. */
Str config_read_convert_error(const ConvertError *error, Arena *arena);
