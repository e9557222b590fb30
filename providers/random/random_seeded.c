/* random_seeded: the generator and its initial state. The initial state mixes a sequence that
 * begins at the seed with the numbers 7.8e12 steps after a fixed state. These are computed by a
 * polynomial power. */
#include "random_seeded.h"

#include <pthread.h>

#define SIZE        RANDOM_SEEDED_SIZE
#define TAP         273
#define FIRST_STEPS UINT64_C(7800000000000)
#define PRIME       INT32_MAX
#define SKIPPED     20

static uint64_t start_numbers[SIZE];

/* Returns 48271 * x modulo 2^31 - 1. */
static int32_t next_small(int32_t x) {
    return (int32_t)((int64_t)x * 48271 % PRIME);
}

static uint64_t next_wide(int32_t *x, int high, int middle) {
    uint64_t wide = 0;
    const int shifts[] = {high, middle, 0};
    for (size_t i = 0; i < 3; i++) {
        *x = next_small(*x);
        wide ^= (uint64_t)*x << shifts[i];
    }
    return wide;
}

/* Multiplies polynomials modulo x^607 = x^334 + 1, with coefficients modulo 2^64. */
static void multiply(uint64_t *a, const uint64_t *b) {
    uint64_t product[2 * SIZE] = {0};
    for (size_t i = 0; i < SIZE; i++) {
        for (size_t j = 0; j < SIZE; j++)
            product[i + j] += a[i] * b[j];
    }
    for (size_t i = 2 * SIZE - 1; i >= SIZE; i--) {
        product[i - SIZE] += product[i];
        product[i - TAP] += product[i];
    }
    memcpy(a, product, SIZE * sizeof *a);
}

static void multiply_by_x(uint64_t *a) {
    uint64_t last = a[SIZE - 1];
    memmove(a + 1, a, (SIZE - 1) * sizeof *a);
    a[0] = last;
    a[SIZE - TAP] += last;
}

static void compute_first_power(uint64_t *power) {
    uint64_t copy[SIZE];
    memset(power, 0, SIZE * sizeof *power);
    power[0] = 1;
    for (int bit = 63; bit >= 0; bit--) {
        memcpy(copy, power, sizeof copy);
        multiply(power, copy);
        if (FIRST_STEPS >> bit & 1)
            multiply_by_x(power);
    }
}

/* Returns the generator's index of number n of the sequence. */
static size_t seeded_place_of(uint64_t n) {
    return (size_t)((SIZE - TAP - 1 + SIZE - n % SIZE) % SIZE);
}

/* Fills start_numbers, with which each seed is mixed. */
static void make_start_numbers(void) {
    uint64_t power[SIZE], sequence[2 * SIZE], fixed[SIZE];
    int32_t x = 1;
    for (size_t i = 0; i < SKIPPED; i++)
        x = next_small(x);
    for (size_t i = 0; i < SIZE; i++)
        fixed[i] = next_wide(&x, 20, 10);
    for (size_t n = 0; n < SIZE; n++)
        sequence[n] = fixed[seeded_place_of(n)];
    for (size_t n = SIZE; n < (size_t)2 * SIZE; n++)
        sequence[n] = sequence[n - SIZE] + sequence[n - TAP];
    compute_first_power(power);
    for (size_t k = 0; k < SIZE; k++) {
        uint64_t number = 0;
        for (size_t j = 0; j < SIZE; j++)
            number += power[j] * sequence[k + j];
        start_numbers[seeded_place_of(FIRST_STEPS + k)] = number;
    }
}

/* Returns the CRC-64 of ISO 3309. */
static uint64_t checksum(Str text) {
    uint64_t sum = UINT64_MAX;
    for (size_t i = 0; i < text.len; i++) {
        sum ^= (unsigned char)text.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            sum = sum & 1 ? sum >> 1 ^ UINT64_C(0xd800000000000000) : sum >> 1;
    }
    return ~sum;
}

void random_seeded_init(RandomSeeded *seeded, Str seed) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_start_numbers);
    int64_t small = (int64_t)checksum(seed) % PRIME;
    int32_t x = (int32_t)(small < 0 ? small + PRIME : small);
    if (x == 0)
        x = 89482311;
    for (size_t i = 0; i < SKIPPED; i++)
        x = next_small(x);
    for (size_t i = 0; i < SIZE; i++)
        seeded->numbers[i] = next_wide(&x, 40, 20) ^ start_numbers[i];
    seeded->tap = 0;
    seeded->feed = SIZE - TAP;
}

/* Returns 63 random bits. */
static uint64_t seeded_draw(RandomSeeded *seeded) {
    seeded->tap = (seeded->tap + SIZE - 1) % SIZE;
    seeded->feed = (seeded->feed + SIZE - 1) % SIZE;
    seeded->numbers[seeded->feed] += seeded->numbers[seeded->tap];
    return seeded->numbers[seeded->feed] & INT64_MAX;
}

/* Draws again for numbers above the largest multiple of `limit`, which would bias the result. */
uint64_t random_seeded_below(RandomSeeded *seeded, uint64_t limit) {
    CHECK(limit > 0 && limit <= INT64_MAX);
    int shift = limit <= INT32_MAX ? 32 : 0;
    uint64_t most = shift ? INT32_MAX : INT64_MAX;
    if ((limit & (limit - 1)) == 0)
        return seeded_draw(seeded) >> shift & (limit - 1);
    uint64_t last = most - (most % limit + 1) % limit;
    uint64_t number;
    do
        number = seeded_draw(seeded) >> shift;
    while (number > last);
    return number % limit;
}
