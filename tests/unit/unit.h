/* unit: cmocka and helpers for every unit test. A failed check prints both values. */
#pragma once

#include "str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

/* Begins the function that runs the tests of the source file name.c; unit/main.c calls it. A file
 * that replaces functions of a library has a main() instead, and is a program of its own. */
#define UNIT_MAIN(name)                                                                            \
    int run_##name(void);                                                                          \
    int run_##name(void)

static inline void check_str_at(Str got, Str wanted, const char *what, const char *file, int line) {
    if (str_equal(got, wanted))
        return;
    print_error("%s\n  got:    %.*s\n  wanted: %.*s\n", what, STR_ARG(got), STR_ARG(wanted));
    _fail(file, line);
}

#define check_str(got, wanted)       check_str_at((got), str_from_cstr(wanted), #got, __FILE__, __LINE__)
#define check_str_equal(got, wanted) check_str_at((got), (wanted), #got, __FILE__, __LINE__)
