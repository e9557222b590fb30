/* config_encryption: the encryption block of a terraform block: keys, methods, and what is
 * protected by them. */
#pragma once

#include "config_block.h"

MUST_USE bool config_encryption_read(ConfigLoading *loading,
                                     const BodyBlock *block,
                                     const Encryption **out);
/* Both as one: arguments of `above` win one by one, "enforced" is kept by either. NULL: none. */
const Encryption *config_encryption_merge(const Encryption *below,
                                          const Encryption *above,
                                          Arena *arena);
/* Of the module just decoded: over the root's block goes what the request has; then references are
 * checked. */
MUST_USE bool config_encryption_finish(ConfigLoading *loading);
