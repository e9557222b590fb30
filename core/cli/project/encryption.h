/* encryption: evaluates the encryption block of a configuration: key providers, methods, and a
 * cipher for each protected target. Does not derive keys yet. */
#pragma once

#include "cipher_set.h"
#include "config.h"

/* Leaves *out unchanged if there is no encryption block. */
MUST_USE bool encryption_open(const Config *config,
                              const Io *io,
                              const CancelToken *cancel,
                              CipherSet *out,
                              Arena *arena,
                              Diags *diags);
