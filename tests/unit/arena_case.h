/* arena_case: cmocka fixtures for one arena per program or one per test. */
#pragma once

#include "unit.h"

static Arena *arena;

static int open_arena(void **state) {
    (void)state;
    arena = arena_open("test");
    return 0;
}

static int close_arena(void **state) {
    (void)state;
    arena_close(arena);
    return 0;
}
