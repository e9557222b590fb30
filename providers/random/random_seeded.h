/* random_seeded: repeatable choices by seed, equal to those of hashicorp/random: an additive lagged
 * Fibonacci generator of 607 numbers. Not for secrets. */
#pragma once

#include "str.h"

#define RANDOM_SEEDED_SIZE 607

typedef struct RandomSeeded {
    uint64_t numbers[RANDOM_SEEDED_SIZE];
    size_t tap;
    size_t feed;
} RandomSeeded;

void random_seeded_init(RandomSeeded *seeded, Str seed);
/* Returns 0 … limit - 1; limit is from 1 to 2^63 - 1. */
uint64_t random_seeded_below(RandomSeeded *seeded, uint64_t limit);
