/* run blocks. */
#include "test_file_case.h"

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.tf", "output \"o\" {\n  value = 1\n}\n");
    config_case_write(&c, "setup/main.tf", "output \"s\" {\n  value = 2\n}\n");
    config_case_write(
        &c, "a.tftest.hcl",
        "run \"one\" {\n"
        "  command   = plan\n"
        "  state_key = \"k\"\n"
        "  variables {\n    a = 1\n    b = var.x\n  }\n"
        "  module {\n    source = \"./setup\"\n  }\n"
        "  providers = {\n    p.q = r\n  }\n"
        "  plan_options {\n    mode    = refresh-only\n    target = [t.a]\n"
        "    replace = [t.b, t.c[0]]\n  }\n"
        "  expect_failures = [var.a, output.b, check.c, t.d[\"k\"], data.t.e, local.f]\n"
        "  assert {\n    condition     = output.s == 2\n    error_message = \"m\"\n  }\n"
        "}\n"
        "run \"two\" {\n"
        "  plan_options {\n    refresh = false\n  }\n"
        "}\n");
    test_file_case_load(&c, "tests");
    check_str(config_case_text(&c.diags, c.arena), "");
    const TestFile *file = c.config->tests->files.items[0];
    const TestRun *one = file->runs.items[0];
    const TestRun *two = file->runs.items[1];
    StrBuf expected = strbuf_new(c.arena);
    vec_each(&one->expected, item) {
        strbuf_add_format(&expected, "%.*s %d;", STR_ARG(item->text), item->is_checkable);
    }
    check_str(strbuf_str(&expected),
              "var.a 1;output.b 1;check.c 1;t.d[\"k\"] 1;data.t.e 1;local.f 0;");
    assert_true(one->is_plan && one->is_refresh_only && !one->skips_refresh);
    assert_false(two->is_plan);
    assert_true(two->skips_refresh);
    check_str(one->state_key, "k");
    check_str(one->config->root->directory, "setup");
    assert_true(map_has(&one->config->root->outputs, STR("s")));
    assert_null(two->config);
    assert_int_equal(one->variables.count, 2);
    assert_int_equal(one->targets.count, 1);
    assert_int_equal(one->replaced.count, 2);
    assert_int_equal(one->asserts.count, 1);
    const ProviderRef *ref = map_find(&one->providers, STR("p.q"));
    check_str(ref->name, "r");
    config_case_close(&c);
}

#define RUN(text) "run \"x\" {\n" text "}\n"

static const TestFileCase bad_cases[] = {
    {"a name that is none", "run \"a b\" {\n}\n", "a.tftest.hcl:1:5 Invalid run block name\n"},
    {"a name twice", "run \"a\" {\n}\nrun \"a\" {\n}\n",
     "a.tftest.hcl:3:1 Duplicate \"run\" block names\n"},
    {"a command that is none", RUN("  command = foo\n"),
     "a.tftest.hcl:2:13 Invalid \"command\" keyword\n"},
    {"a command in quotes", RUN("  command = \"plan\"\n"),
     "a.tftest.hcl:2:13 Invalid \"command\" keyword\n"},
    {"a mode that is none", RUN("  plan_options {\n    mode = foo\n  }\n"),
     "a.tftest.hcl:3:12 Invalid \"mode\" keyword\n"},
    {"refreshing alone without refreshing",
     RUN("  plan_options {\n    mode = refresh-only\n    refresh = false\n  }\n"),
     "a.tftest.hcl:4:5 Incompatible plan options\n"},
    {"a block twice", RUN("  variables {\n  }\n  variables {\n  }\n"),
     "a.tftest.hcl:4:3 Multiple \"variables\" blocks\n"},
    {"a module without source", RUN("  module {\n  }\n"),
     "a.tftest.hcl:2:3 Missing \"source\" attribute for module block\n"},
    {"a module that is not there", RUN("  module {\n    source = \"./nope\"\n  }\n"),
     "a.tftest.hcl:3:14 Module directory not readable\n"},
    {"an assertion of nothing",
     RUN("  assert {\n    condition = true\n    error_message = \"m\"\n  }\n"),
     "a.tftest.hcl:3:17 Invalid condition\n"},
    {"failures that are no list", RUN("  expect_failures = var.x\n"),
     "a.tftest.hcl:2:21 Invalid expression\n"},
    {"a failure that is no reference", RUN("  expect_failures = [1]\n"),
     "a.tftest.hcl:2:22 Invalid expression\n"},
    {"a quoted failure", RUN("  expect_failures = [\"var.x\"]\n"),
     "W a.tftest.hcl:2:22 Quoted references are deprecated\n"},
    {"providers that are no mapping", RUN("  providers = [p]\n"),
     "a.tftest.hcl:2:15 Invalid providers argument\n"},
    {"a provider given twice", RUN("  providers = {\n    p = p\n    p = p.x\n  }\n"),
     "a.tftest.hcl:4:9 Duplicate provider address\n"},
    {"a quoted provider", RUN("  providers = { p = \"p.x\" }\n"),
     "W a.tftest.hcl:2:21 Quoted references are deprecated\n"},
    {"an unknown argument", RUN("  nope = 1\n"), "a.tftest.hcl:2:3 Unsupported argument\n"},
};

static void bad_input(void **) {
    test_file_case_check(bad_cases, ARRAY_COUNT(bad_cases));
}

UNIT_MAIN(test_config_test_run) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(model), cmocka_unit_test(bad_input)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
