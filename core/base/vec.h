/* vec: a growable typed array in an arena.
 *
 *     VEC(Str) names = {0};                 zero is the empty array
 *     vec_push(arena, &names, STR("x"));
 *     vec_each(&names, name) { … *name … }
 *
 * A named type for headers:  typedef VEC(Str) StrVec; */
#pragma once

#include "str.h"

#define VEC(type)                                                                                  \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count;                                                                              \
        size_t capacity;                                                                           \
    }

/* First capacity: several small elements, or one large element. */
#define vec_first_capacity(vec)                                                                    \
    (sizeof(*(vec)->items) < 64 ? 64 / sizeof(*(vec)->items) : (size_t)1)

#define vec_reserve(arena, vec, wanted)                                                            \
    do {                                                                                           \
        if ((wanted) > (vec)->capacity) {                                                          \
            size_t vec_new_capacity =                                                              \
                (vec)->capacity ? (vec)->capacity * 2 : vec_first_capacity(vec);                   \
            if (vec_new_capacity < (wanted))                                                       \
                vec_new_capacity = (wanted);                                                       \
            (vec)->items = arena_grow((arena), (vec)->items,                                       \
                                      (vec)->capacity * sizeof(__typeof__(*(vec)->items)),         \
                                      vec_new_capacity * sizeof(__typeof__(*(vec)->items)));       \
            (vec)->capacity = vec_new_capacity;                                                    \
        }                                                                                          \
    } while (0)

#define vec_push(arena, vec, ...)                                                                  \
    do {                                                                                           \
        vec_reserve((arena), (vec), (vec)->count + 1);                                             \
        (vec)->items[(vec)->count++] = (__VA_ARGS__);                                              \
    } while (0)

/* Adds a zeroed element at the end; the pointer is valid until the next push. */
#define vec_add(arena, vec)                                                                        \
    ({                                                                                             \
        vec_reserve((arena), (vec), (vec)->count + 1);                                             \
        memset(&(vec)->items[(vec)->count], 0, sizeof(__typeof__(*(vec)->items)));                 \
        &(vec)->items[(vec)->count++];                                                             \
    })

#define vec_last(vec)  ((vec)->items[(vec)->count - 1])
#define vec_pop(vec)   ((vec)->items[--(vec)->count])
#define vec_clear(vec) ((void)((vec)->count = 0))
/* Works on a const vector too. */
#define vec_each(vec, item)                                                                        \
    for (__typeof__(*(vec)->items) *item = (vec)->items,                                           \
                                   *item##_end = (vec)->count ? (vec)->items + (vec)->count        \
                                                              : item;                              \
         item != item##_end; item++)

typedef VEC(Str) StrVec;
