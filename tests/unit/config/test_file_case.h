/* test_file_case: a test file beside a small configuration, and its diagnostics. */
#pragma once

#include "config_case.h"
#include "config_test.h"

typedef struct TestFileCase {
    const char *about;
    const char *text; /* of a.tftest.hcl */
    const char *wanted;
} TestFileCase;

static inline void test_file_case_load(ConfigCase *c, const char *test_directory) {
    ConfigRequest request = {
        .io = &c->io,
        .directory = STR("."),
        .data_directory = STR(".loam"),
        .test_directory = str_from_cstr(test_directory),
        .functions = c->functions,
        .install = true,
    };
    c->diags = diags_new(c->arena);
    c->ok = config_load(&request, &c->config, c->arena, &c->diags);
    assert_int_equal(c->ok, c->diags.error_count == 0);
}

static inline void test_file_case_check(const TestFileCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ConfigCase c = config_case_open();
        config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
        config_case_write(&c, "a.tftest.hcl", cases[i].text);
        test_file_case_load(&c, "tests");
        Str said = config_case_text(&c.diags, c.arena);
        if (!str_equal_cstr(said, cases[i].wanted))
            print_error("%s\n", cases[i].about);
        check_str(said, cases[i].wanted);
        config_case_close(&c);
    }
}
