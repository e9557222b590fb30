/* random: bytes of the cryptographic random number generator of the kernel. */
#pragma once

#include <stddef.h>

void random_fill(void *out, size_t size);
