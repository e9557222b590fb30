/* config_encryption: decodes the encryption block of a terraform block: key providers, methods,
 * and the targets that use them. */
#pragma once

#include "config_block.h"

MUST_USE bool config_encryption_read(ConfigLoading *loading,
                                     const BodyBlock *block,
                                     const Encryption **out);
/* Merges two encryption blocks; either may be NULL. Arguments of `above` take precedence one by
 * one; `enforced` holds if either sets it. */
const Encryption *config_encryption_merge(const Encryption *below,
                                          const Encryption *above,
                                          Arena *arena);
/* Completes the encryption of the decoded module: merges the request's block into the root
 * module's and checks references. */
MUST_USE bool config_encryption_finish(ConfigLoading *loading);
