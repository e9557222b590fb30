/* config_encryption: the encryption block of a terraform block: keys, methods, and what is
 * protected by them. */
#pragma once

#include "config_block.h"

MUST_USE bool config_encryption_read(ConfigLoading *loading,
                                     const BodyBlock *block,
                                     const Encryption **out);
