/* growth: the work of a run, as a number that is the same in each run. Work is the number of calls
 * that compare, hash, copy or search, which the linker diverts to the counters below, plus the
 * lengths that they copy, search and allocate. tests/CMakeLists.txt names the test programs. */
#pragma once

#include "value.h"

static _Atomic uint64_t growth_work;

enum { PIECE = 64 }; /* so many bytes count as one call */

int __real_value_compare(Value a, Value b);
bool __real_value_equal(Value a, Value b);
uint64_t __real_value_hash(Value v);
int __real_str_compare(Str a, Str b);
int __real_memcmp(const void *a, const void *b, size_t size);
void *__real_memcpy(void *to, const void *from, size_t size);
void *__real_memmove(void *to, const void *from, size_t size);
void *__real_memchr(const void *text, int c, size_t size);
void *__real_arena_alloc(Arena *from, size_t size);

int __wrap_value_compare(Value a, Value b);
bool __wrap_value_equal(Value a, Value b);
uint64_t __wrap_value_hash(Value v);
int __wrap_str_compare(Str a, Str b);
int __wrap_memcmp(const void *a, const void *b, size_t size);
void *__wrap_memcpy(void *to, const void *from, size_t size);
void *__wrap_memmove(void *to, const void *from, size_t size);
void *__wrap_memchr(const void *text, int c, size_t size);
void *__wrap_arena_alloc(Arena *from, size_t size);

int __wrap_value_compare(Value a, Value b) {
    growth_work++;
    return __real_value_compare(a, b);
}

bool __wrap_value_equal(Value a, Value b) {
    growth_work++;
    return __real_value_equal(a, b);
}

uint64_t __wrap_value_hash(Value v) {
    growth_work++;
    return __real_value_hash(v);
}

int __wrap_str_compare(Str a, Str b) {
    growth_work++;
    return __real_str_compare(a, b);
}

int __wrap_memcmp(const void *a, const void *b, size_t size) {
    growth_work++;
    return __real_memcmp(a, b, size);
}

void *__wrap_memcpy(void *to, const void *from, size_t size) {
    growth_work += 1 + size / PIECE;
    return __real_memcpy(to, from, size);
}

void *__wrap_memmove(void *to, const void *from, size_t size) {
    growth_work += 1 + size / PIECE;
    return __real_memmove(to, from, size);
}

void *__wrap_memchr(const void *text, int c, size_t size) {
    const char *found = __real_memchr(text, c, size);
    growth_work += 1 + (found ? (size_t)(found - (const char *)text) : size) / PIECE;
    return (void *)(uintptr_t)found;
}

void *__wrap_arena_alloc(Arena *from, size_t size) {
    growth_work += 1 + size / PIECE;
    return __real_arena_alloc(from, size);
}

/* Returns whether the work for twice the size grew at most as n log n: by a factor of about 2.2. */
static inline bool growth_is_fine(uint64_t once, uint64_t twice) {
    return twice <= once * 5 / 2;
}
