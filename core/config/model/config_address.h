/* config_address: the names of resources and modules as blocks write them: `from`, `to`. */
#pragma once

#include "config.h"

/* TYPE.NAME, module.m.TYPE.NAME, module.m: with literal keys, or with keys that are expressions,
 * which out->keys collects. Errors point at the step that has no place there. */
MUST_USE bool config_address_read(const Expr *expr, ConfigAddress *out, Arena *arena, Diags *diags);
/* The same; words of the language are no types of resources. */
MUST_USE bool config_address_read_plain(const Expr *expr,
                                        ConfigAddress *out,
                                        Arena *arena,
                                        Diags *diags);
/* As it was written, keys that are expressions left out. */
Str config_address_to_str(const ConfigAddress *address, Arena *arena);
/* Is any key in it? */
bool config_address_has_keys(const ConfigAddress *address);
