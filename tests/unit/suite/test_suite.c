/* Whole suites: selected files, interruption, and validation without a run. */
#include "suite_case.h"
#include "suite_check.h"

#define MAIN                                                                                       \
    "resource \"terraform_data\" \"a\" {\n  input = 1\n}\n"                                        \
    "output \"o\" {\n  value = terraform_data.a.output\n}\n"

static void files_and_filters(void **) {
    static const struct {
        const char *filter;
        const char *wanted;
    } cases[] = {
        {NULL, "  one pass\n  clean one\na.tftest.hcl pass\nb.tftest.hcl pass\n"
               "  two pass\ntests/c.tftest.hcl pass\npass\n"},
        {"tests/c.tftest.hcl", "  two pass\ntests/c.tftest.hcl pass\npass\n"},
        {"nowhere", "pass\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SuiteCase *c = suite_case_open();
        suite_case_write(c, "main.tf", MAIN);
        suite_case_write(c, "a.tftest.hcl", "run \"one\" {}\n");
        suite_case_write(c, "b.tftest.hcl", "");
        suite_case_write(c, "tests/c.tftest.hcl", "run \"two\" {\n  command = plan\n}\n");
        if (cases[i].filter)
            vec_push(c->arena, &c->filters, str_from_cstr(cases[i].filter));
        check_str(suite_case_run_all(c), cases[i].wanted);
        suite_case_close(c);
    }
}

static void stop_at_first(SuiteCase *c, const SuiteRun *, SuiteProgress progress) {
    if (progress == SUITE_STARTING)
        cancel_raise(c->stop, CANCEL_STOP);
}

/* After a stop the current run is completed and its objects are destroyed. */
static void stopping(void **) {
    SuiteCase *c = suite_case_open();
    c->stop = cancel_open();
    c->on_run = stop_at_first;
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {}\nrun \"two\" {}\n");
    suite_case_write(c, "b.tftest.hcl", "run \"three\" {}\n");
    check_str(suite_case_run_all(c), "  one pass\n  two skip\n  clean one\na.tftest.hcl pass\n"
                                     "  three skip\nb.tftest.hcl skip\npass\n");
    assert_true(c->suite.is_interrupted);
    assert_int_equal(c->suite.counts[SUITE_SKIP], 2);
    suite_case_close(c);
}

static void give_up_after_first(SuiteCase *c, const SuiteRun *, SuiteProgress progress) {
    if (progress == SUITE_COMPLETE)
        cancel_raise(c->stop, CANCEL_NOW);
}

/* After a second stop nothing is destroyed; the remaining objects are reported. */
static void giving_up(void **) {
    SuiteCase *c = suite_case_open();
    c->stop = cancel_open();
    c->on_run = give_up_after_first;
    suite_case_write(c, "main.tf", MAIN);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {}\nrun \"two\" {}\n");
    check_str(suite_case_run_all(c),
              "  one pass\n  two skip\n  abandoned of one: terraform_data.a\na.tftest.hcl pass\n"
              "pass\n");
    suite_case_close(c);
}

/* A run that failed before the signal does not count as interrupted. */
static void giving_up_after_a_failure(void **) {
    SuiteCase *c = suite_case_open();
    c->stop = cancel_open();
    c->on_run = give_up_after_first;
    fake_world_order(&c->world, "create b");
    suite_case_write(c, "main.tf",
                     "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n"
                     "resource \"fake_thing\" \"b\" {\n  name = \"b\"\n}\n");
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {}\n");
    Str events = suite_case_run_all(c);
    assert_true(str_starts_with(events, STR("  one error\n")));
    assert_true(str_find(events, STR("\n  abandoned of one: fake_thing.a\n"), 0) != SIZE_MAX);
    assert_true(str_find(events, STR("interrupted plan"), 0) == SIZE_MAX);
    suite_case_close(c);
}

static void validation(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"run \"x\" {\n  expect_failures = [output.o]\n}\n", ""},
        {"run \"x\" {\n  expect_failures = [local.o]\n}\n",
         "    a.tftest.hcl:2 Invalid `expect_failures` reference\n"},
        {"override_module {\n  target = module.m\n}\nrun \"x\" {\n"
         "  override_data {\n    target = data.terraform_data.a\n  }\n"
         "  override_resource {\n    target = terraform_data.a[3]\n  }\n}\n",
         "    W a.tftest.hcl:2 Invalid override target\n"
         "    W a.tftest.hcl:6 Invalid override target\n"},
        {"run \"x\" {\n  module {\n    source = \"./bad\"\n  }\n}\n"
         "run \"y\" {\n  module {\n    source = \"./bad\"\n  }\n}\n",
         "    bad/main.tf:2 Reference to undeclared resource\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SuiteCase *c = suite_case_open();
        suite_case_write(c, "main.tf", MAIN);
        suite_case_write(c, "bad/main.tf", "output \"b\" {\n  value = t.nope.id\n}\n");
        suite_case_write(c, "a.tftest.hcl", cases[i].text);
        assert_true(suite_case_load(c));
        Engine engine = suite_case_engine(c);
        Diags found = diags_new(c->arena);
        bool ok = suite_validate(&engine, c->arena, &found);
        assert_int_equal(ok, found.error_count == 0);
        suite_case_tell_diags(c, &found);
        check_str(strbuf_str(&c->events), cases[i].wanted);
        suite_case_close(c);
    }
}

UNIT_MAIN(test_suite) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_and_filters), cmocka_unit_test(stopping),
        cmocka_unit_test(giving_up),         cmocka_unit_test(giving_up_after_a_failure),
        cmocka_unit_test(validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
