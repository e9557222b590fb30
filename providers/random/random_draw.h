/* random_draw: unbiased choices from the system's random bytes. */
#pragma once

#include "str.h"

/* Returns 0 … limit - 1 with equal probability; limit is not 0. */
uint64_t random_draw_below(uint64_t limit);
