/* config_provider_ref: reads references to provider configurations in resources, module calls
 * and tests. */
#pragma once

#include "config.h"

/* Returns whether the text consists of letters, digits and dashes, without a dash at either end.
 * Sets *has_capital. */
bool config_provider_ref_is_name_part(Str name, bool *has_capital);
/* Rejects provider names that are malformed or not in lower case, as provider addresses require. */
MUST_USE bool config_provider_ref_check_name(Str name, SourceRange range, Diags *diags);
/* Reads NAME, NAME.ALIAS or NAME.ALIAS[KEY]. NAME and NAME.ALIAS may be a quoted string. */
MUST_USE bool config_provider_ref_read(const Expr *expr, ProviderRef *out, Arena *arena,
                                       Diags *diags);
/* Reads the `providers` argument of a call into a map: the child's "name" or "name.alias" →
 * ProviderRef. */
MUST_USE bool config_provider_ref_read_all(const Expr *expr, Map *out, Arena *arena, Diags *diags);
