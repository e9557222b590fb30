/* random_seeded: choices that a seed makes repeatable, the same as those of the known provider: an
 * additive lagged Fibonacci generator of 607 numbers. No secret may come from it. */
#pragma once

#include "str.h"

#define RANDOM_SEEDED_SIZE 607

typedef struct RandomSeeded {
    uint64_t numbers[RANDOM_SEEDED_SIZE];
    size_t tap;
    size_t feed;
} RandomSeeded;

void random_seeded_init(RandomSeeded *seeded, Str seed);
/* From 0 to limit - 1; limit is from 1 to 2^63 - 1. */
uint64_t random_seeded_below(RandomSeeded *seeded, uint64_t limit);
