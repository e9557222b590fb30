/* config_legacy: accepts syntax of Terraform 0.11 in native files: quoted references, quoted
 * keywords and bare collection types. YAML and JSON files write references as strings anyway. */
#pragma once

#include "config.h"

/* Replaces a quoted reference or keyword by its traversal and adds a deprecation warning, which
 * names the expression `what`. Leaves other expressions unchanged. Returns false if the quoted text
 * is not a valid reference. Not for object keys in JSON, which are always quoted. */
MUST_USE bool config_legacy_unquote(const Expr **expr, const char *what, Arena *arena,
                                    Diags *diags);
/* Reads the bare types `list` and `map` as collections of any type. Returns false for other
 * expressions and leaves *out unchanged. */
bool config_legacy_type(const Expr *expr, TypeConstraint *out, Arena *arena);
/* Returns whether the expression is a quoted string literal in a native file. */
bool config_legacy_is_quoted(const Expr *expr);
