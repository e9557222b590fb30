/* config_read: helpers that read arguments and nested blocks of a body. The null of a BODY_VALUE
 * argument is an error. */
#pragma once

#include "config.h"

/* Rejects names that are not a letter or underscore followed by letters, digits, underscores and
 * dashes. `what` names the kind of name in the message. */
MUST_USE bool config_read_identifier(Str name, SourceRange range, const char *what, Diags *diags);
/* Returns the expression of an argument, or NULL if absent. */
const Expr *config_read_expr(const BodyContent *content, const char *name);
/* Returns the expression of an argument, or NULL if absent or a literal null. */
const Expr *config_read_optional(const BodyContent *content, const char *name);
/* Returns `for_each`, or NULL if absent. If an override file added the second of `count` and
 * `for_each`, returns NULL: `count` wins, as in Terraform. */
const Expr *config_read_for_each(const BodyBlock *block, const BodyContent *content);
/* Evaluates a constant argument and converts it to `type`. */
MUST_USE bool config_read_literal(const BodyAttribute *attribute, const Type *type, Value *out,
                                  Arena *arena, Diags *diags);
MUST_USE bool config_read_text(const BodyAttribute *attribute, Str *out, Arena *arena,
                               Diags *diags);
MUST_USE bool config_read_flag(const BodyAttribute *attribute, bool *out, Arena *arena,
                               Diags *diags);
/* Reads a list of references, such as depends_on or ignore_changes. */
MUST_USE bool config_read_traversals(const BodyAttribute *attribute, Traversals *out, Arena *arena,
                                     Diags *diags);
/* Returns the traversal if the expression is a reference (parentheses allowed), else NULL. */
Traversal *config_read_traversal(const Expr *expr);
/* Returns the reference at the start of an expression that is one reference with attribute and
 * index steps, where an index may be count.index or each.key; NULL for any other expression. */
Traversal *config_read_reference_root(const Expr *expr);
/* Reads all blocks of the given type (precondition, postcondition, validation, assert). A
 * condition without a reference is an error, but is still added. */
MUST_USE bool config_read_conditions(const BodyContent *content, const char *type, Conditions *out);
/* Sets *out to the block of that type, or NULL if there is none. More than one is an error. */
MUST_USE bool config_read_only_block(const BodyContent *content, const char *type,
                                     const BodyBlock **out);
/* Reports a repeated block of a type that may occur once. Always returns false. */
bool config_read_report_second(const BodyBlock *block, SourceRange first, Diags *diags);
/* Reads one of two keywords; sets *is_other for the second. If `expr` is NULL, *is_other keeps
 * its value. */
MUST_USE bool config_read_keyword(const Expr *expr, const char *name, const char *const words[2],
                                  bool *is_other, Diags *diags);
/* Returns "main.loam.yaml, line 3", for messages such as "declared already at …". */
Str config_read_place(SourceRange range, Arena *arena);
/* Returns the message of a failed conversion, such as ".a[0]: a number is required". */
Str config_read_convert_error(const ConvertError *error, Arena *arena);
