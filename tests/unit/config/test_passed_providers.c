/* The "providers" argument of a call, and the configuration aliases of the called module. */
#include "config_case.h"

#define REQUIRES(source, more) "terraform: {required_providers: {p: {source: " source more "}}}\n"
#define CALL(providers)        "module: {m: {source: ./m, providers: " providers "}}\n"
#define BLOCKS                 "provider: {p: [{}, {alias: a}]}\n"

typedef struct PassingCase {
    const char *root;
    const char *child;
    const char *wanted;
} PassingCase;

static const PassingCase cases[] = {
    {REQUIRES("x/p", "") BLOCKS CALL("{p: p.a}"), REQUIRES("x/p", ""), ""},
    {REQUIRES("x/p", "") BLOCKS CALL("{p.x: p.a}"),
     REQUIRES("x/p", ", configuration_aliases: [p.x]"), ""},
    {REQUIRES("x/p", "") BLOCKS CALL("{p.x: p.a}"),
     REQUIRES("registry.terraform.io/x/p", ", configuration_aliases: [p.x]"), ""},
    {REQUIRES("x/p", "") BLOCKS CALL("{}"), REQUIRES("x/p", ", configuration_aliases: [p.x]"),
     "main.loam.yaml:3:10 Missing required provider configuration\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{p.y: p.a}"), REQUIRES("x/p", ""),
     "main.loam.yaml:3:39 Reference to undefined provider\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{p.y: p.a}"),
     REQUIRES("x/p", "") "provider: {p: {alias: y}}\n",
     "W m/main.loam.yaml:2:12 Redundant empty provider block\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{p: p.a}"), "locals: {a: 1}\n",
     "W main.loam.yaml:3:39 Reference to undefined provider\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{p: p.a}"), "resource: {p_r: {a: {}}}\n",
     "W main.loam.yaml:3:39 Reference to undefined provider\nmain.loam.yaml:3:42 Provider type "
     "mismatch\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{p: p.a}"), REQUIRES("y/p", ""),
     "main.loam.yaml:3:42 Provider type mismatch\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{q: p.a}"),
     "terraform: {required_providers: {q: {source: x/q}}}\n",
     "main.loam.yaml:3:42 Provider type mismatch\n"},
    {REQUIRES("x/p", "") BLOCKS CALL("{q: p.a}"),
     "terraform: {required_providers: {q: {source: x/p}}}\n", ""},
    {"provider: {terraform: {alias: a}}\n" CALL("{terraform: terraform.a}"),
     "terraform: {required_providers: {terraform: {source: terraform.io/builtin/terraform}}}\n",
     "main.loam.yaml:2:50 Provider type mismatch\n"},
    {BLOCKS CALL("{p: p.a}"), REQUIRES("loam.internal/builtin/p", ""), ""},
};

static bool holds(const PassingCase *passing) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml", passing->root);
    config_case_write(&c, "m/main.loam.yaml", passing->child);
    config_case_load(&c, true);
    Str got = config_case_text(&c.diags, c.arena);
    bool ok = str_equal_cstr(got, passing->wanted);
    if (!ok)
        print_error("%s%s  got:    %.*s\n  wanted: %s\n", passing->root, passing->child,
                    STR_ARG(got), passing->wanted);
    config_case_close(&c);
    return ok;
}

static void passes(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        failures += !holds(&cases[i]);
    assert_int_equal(failures, 0);
}

/* In native syntax; the other syntaxes reject a repeated key when the file is read. */
static void each_name_once(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf",
                      "module \"m\" {\n  source = \"./m\"\n  providers = {\n"
                      "    p = p.a\n    p = p.b\n  }\n}\n");
    config_case_write(&c, "m/main.tf", "locals {}\n");
    config_case_load(&c, true);
    check_str(config_case_text(&c.diags, c.arena), "main.tf:5:9 Duplicate provider address\n");
    config_case_close(&c);
}

UNIT_MAIN(test_passed_providers) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passes),
        cmocka_unit_test(each_name_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
