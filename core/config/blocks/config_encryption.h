/* config_encryption: decodes the encryption block of a terraform block: key providers, methods,
 * and the targets that use them. */
#pragma once

#include "config_block.h"

/* Decodes the block into loading->module; merges it if it is an override. */
MUST_USE bool config_encryption_decode(ConfigLoading *loading, const BodyBlock *block, void *);
/* Completes the encryption of the decoded module: merges the request's block into the root
 * module's and checks references. */
MUST_USE bool config_encryption_finish(ConfigLoading *loading);
