/* bad_case: tables of invalid input with the expected diagnostics and their positions. */
#pragma once

#include "config_case.h"

typedef struct BadCase {
    const char *about;
    const char *file; /* NULL: main.loam.yaml */
    const char *text;
    const char *wanted;
    const char *detail; /* part of the details; NULL: not compared */
} BadCase;

static inline bool bad_case_holds(const BadCase *bad) {
    ConfigCase c = config_case_open();
    config_case_write(&c, bad->file ? bad->file : "main.loam.yaml", bad->text);
    config_case_load(&c, false);
    Str got = config_case_text(&c.diags, c.arena);
    Str details = config_case_details(&c.diags, c.arena);
    bool ok = str_equal_cstr(got, bad->wanted) &&
              (!bad->detail || str_find(details, str_from_cstr(bad->detail), 0) != SIZE_MAX);
    if (!ok)
        print_error("%s\n  got:    %.*s  wanted: %s  detail: %.*s", bad->about, STR_ARG(got),
                    bad->wanted, STR_ARG(details));
    config_case_close(&c);
    return ok;
}

static inline void bad_cases_check(const BadCase *cases, size_t count) {
    size_t failures = 0;
    for (size_t i = 0; i < count; i++)
        failures += !bad_case_holds(&cases[i]);
    assert_int_equal(failures, 0);
}
