/* encryption: the encryption block of a configuration, evaluated: its key providers, its methods,
 * a cipher for each thing that it protects. No key is made yet. */
#pragma once

#include "cipher_set.h"
#include "config.h"

/* Without such a block, *out stays as it is. */
MUST_USE bool encryption_open(const Config *config,
                              const Io *io,
                              const CancelToken *cancel,
                              CipherSet *out,
                              Arena *arena,
                              Diags *diags);
