/* Requirements of a resource type on its block. */
#include "engine_case.h"

static void useless_ignore_changes_is_a_warning(void **) {
    static const struct {
        const char *ignored, *said;
    } cases[] = {
        {"size", ""},
        {"id", "W Redundant ignore_changes element: ignore_changes contains \"id\", which only the "
               "provider sets, so there are no changes to ignore.\n"},
        {"zone, id", "W Redundant ignore_changes element: ignore_changes contains \"id\", which "
                     "only the provider sets, so there are no changes to ignore.\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = engine_case_open();
        Str text = str_format(c->arena,
                              "resource: {fake_thing: {a: {name: a, lifecycle: "
                              "{ignore_changes: [%s]}}}}\n",
                              cases[i].ignored);
        engine_case_config(c, str_to_cstr(text, c->arena));
        engine_case_must(c, engine_case_plan(c));
        check_str(engine_case_said(c), cases[i].said);
        engine_case_close(c);
    }
}

UNIT_MAIN(test_transform_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(useless_ignore_changes_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
