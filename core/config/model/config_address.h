/* config_address: reads the addresses of resources and modules in moved, removed and import
 * blocks. */
#pragma once

#include "config.h"

/* Reads TYPE.NAME, module.m.TYPE.NAME or module.m, with instance keys. Keys that are not
 * literals go into out->keys. Errors point at the first step that is invalid. */
MUST_USE bool config_address_read(const Expr *expr, ConfigAddress *out, Arena *arena, Diags *diags);
/* Like config_address_read, but rejects reserved words as resource types, unless written as
 * resource.WORD.NAME. */
MUST_USE bool config_address_read_unreserved(const Expr *expr, ConfigAddress *out, Arena *arena,
                                             Diags *diags);
/* Returns the address as text, without keys that are expressions. */
Str config_address_to_str(const ConfigAddress *address, Arena *arena);
/* Returns whether the address has an instance key. */
bool config_address_has_keys(const ConfigAddress *address);
