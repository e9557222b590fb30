/* config_provider_ref: references to provider configurations, as resources, calls and tests write
 * them. */
#pragma once

#include "config.h"

/* Has the text letters, digits and dashes only, with no dash at either end? Sets *has_capital. */
bool config_provider_ref_is_name_part(Str name, bool *has_capital);
/* Names of providers are in lower case, as their addresses are. */
MUST_USE bool config_provider_ref_check_name(Str name, SourceRange range, Diags *diags);
/* NAME, NAME.ALIAS or NAME.ALIAS[KEY]. */
MUST_USE bool config_provider_ref_read(const Expr *expr,
                                       ProviderRef *out,
                                       Arena *arena,
                                       Diags *diags);
/* "providers": by the key of a configuration in the module that is called, which it is given. */
MUST_USE bool config_provider_ref_read_all(const BodyContent *content,
                                           Map *out,
                                           Arena *arena,
                                           Diags *diags);
