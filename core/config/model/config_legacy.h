/* config_legacy: what old configurations of native syntax write in quotes, and what stands there
 * without them today. In YAML and JSON such strings are code already. */
#pragma once

#include "config.h"

/* A reference (or a keyword) in quotes as what it says, with a warning; anything else as it is.
 * Keys of JSON are in quotes without being meant: they are not for this. */
const Expr *config_legacy_reference(const Expr *expr, Arena *arena, Diags *diags);
const Expr *config_legacy_keyword(const Expr *expr, Arena *arena, Diags *diags);
/* list and map as types: of anything. False: no such habit, *out is untouched. */
bool config_legacy_type(const Expr *expr, TypeConstraint *out, Arena *arena);
/* Is it a text in quotes in a native file? */
bool config_legacy_is_quoted(const Expr *expr);
