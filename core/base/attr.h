/* Function attributes, scoped cleanup and the check that stays in a release build. */
#pragma once

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_USE           __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a)  __attribute__((format(printf, f, a)))
#define NO_RETURN          __attribute__((noreturn))
#define ARRAY_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* SCOPED(Lock) lock = {0};  calls lock_release(&lock) on every path out of the block. The release
 * function accepts the zero value. To give ownership away, copy the value and zero the original on
 * adjacent lines. SCOPED_TYPE(Lock, lock_release); after the declaration of a type enables SCOPED
 * for the type. */
#define SCOPED(type) __attribute__((cleanup(scoped_##type))) type
#define SCOPED_TYPE(type, release)                                                                 \
    static inline void scoped_##type(type *scoped_value) {                                         \
        release(scoped_value);                                                                     \
    }                                                                                              \
    static_assert(1, "a semicolon follows")

/* Aborts with the source location if the condition is false, in release builds too. A false
 * condition means a bug in loam; input of users, providers and servers gets diagnostics instead. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            check_failed(#condition, __FILE__, __LINE__);                                          \
    } while (0)

NO_RETURN void check_failed(const char *condition, const char *file, int line);
