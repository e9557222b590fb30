/* Cleanup destroys the objects of each run with its configuration, and reports the remaining ones.
 */
#include "suite_case.h"

#define THING "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n"

static void destroys(void **) {
    SuiteCase *c = suite_case_open();
    suite_case_write(c, "main.tf", THING);
    suite_case_write(c, "setup/main.tf", "resource \"fake_thing\" \"b\" {\n  name = \"b\"\n}\n");
    suite_case_write(c, "a.tftest.hcl",
                     "run \"setup\" {\n  module {\n    source = \"./setup\"\n  }\n}\n"
                     "run \"main\" {\n}\n");
    check_str(suite_case_run_all(c), "  setup pass\n  main pass\n  clean main\n  clean setup\n"
                                     "a.tftest.hcl pass\npass\n");
    check_str(strbuf_str(&c->world.diary), "create b\ncreate a\ndelete a\ndelete b\n");
    suite_case_close(c);
}

static void reports_remaining_objects(void **) {
    SuiteCase *c = suite_case_open();
    fake_world_order(&c->world, "delete a");
    suite_case_write(c, "main.tf", THING);
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n}\n");
    suite_case_write(c, "b.tftest.hcl", "");
    Str events = suite_case_run_all(c);
    assert_true(str_starts_with(
        events, STR("  one pass\n  clean one\n  left of one: fake_thing.a\na.tftest.hcl error\n")));
    assert_true(str_ends_with(events, STR("\nb.tftest.hcl pass\nerror\n")));
    assert_int_equal(c->suite.counts[SUITE_PASS], 1);
    suite_case_close(c);
}

/* Objects of a failed apply are destroyed too. */
static void after_a_failed_apply(void **) {
    SuiteCase *c = suite_case_open();
    fake_world_order(&c->world, "create b");
    suite_case_write(c, "main.tf", THING "resource \"fake_thing\" \"b\" {\n  name = \"b\"\n}\n");
    suite_case_write(c, "a.tftest.hcl", "run \"one\" {\n}\nrun \"two\" {\n}\n");
    Str events = suite_case_run_all(c);
    assert_true(str_find(events, STR("  two skip\n  clean one\na.tftest.hcl error\n"), 0) !=
                SIZE_MAX);
    assert_true(str_ends_with(strbuf_str(&c->world.diary), STR("delete a\n")));
    suite_case_close(c);
}

UNIT_MAIN(test_suite_execute) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(destroys),
        cmocka_unit_test(reports_remaining_objects),
        cmocka_unit_test(after_a_failed_apply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
