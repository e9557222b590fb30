/* arena_case: cmocka fixtures for one arena per program or one per test. */
#pragma once

#include "unit.h"

static Arena *arena;

static int open_arena(void **) {
    arena = arena_open("test");
    return 0;
}

static int close_arena(void **) {
    arena_close(arena);
    return 0;
}
