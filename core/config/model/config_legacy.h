/* config_legacy: what old configurations of native syntax write in quotes, and what stands there
 * without them today. In YAML and JSON such strings are code already. */
#pragma once

#include "config.h"

/* Replaces a quoted reference (or keyword) by the traversal that it spells, with a warning. Any
 * other expression stays. False: the text in quotes is no reference. Not for keys of objects in
 * JSON. */
MUST_USE bool config_legacy_reference(const Expr **expr, Arena *arena, Diags *diags);
MUST_USE bool config_legacy_keyword(const Expr **expr, Arena *arena, Diags *diags);
/* list and map as types: of anything. False: no such habit, *out is untouched. */
bool config_legacy_type(const Expr *expr, TypeConstraint *out, Arena *arena);
/* Is it a text in quotes in a native file? */
bool config_legacy_is_quoted(const Expr *expr);
