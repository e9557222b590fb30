/* check blocks: rejected forms, and the nested data source. */
#include "bad_case.h"

static const BadCase bad_cases[] = {
    {
        .about = "nothing to assert",
        .text = "check: {c: {}}\n",
        .wanted = "main.loam.yaml:1:9 Zero assert blocks\n",
    },
    {
        .about = "a condition of nothing",
        .text = "check: {c: {assert: {condition: true, error_message: x}}}\n",
        .wanted = "main.loam.yaml:1:33 Invalid condition\nmain.loam.yaml:1:9 Zero assert blocks\n",
    },
    {
        .about = "two data sources",
        .text = "check: {c: {data: {a_b: {c: {}, d: {}}}, assert: {condition: '${var.x}', "
                "error_message: x}}}\nvariable: {x: {}}\n",
        .wanted = "main.loam.yaml:1:33 Multiple data resource blocks\n",
    },
    {
        .about = "repetition",
        .text = "check: {c: {data: {a_b: {c: {count: 1}}}, assert: {condition: '${var.x}', "
                "error_message: x}}}\nvariable: {x: {}}\n",
        .wanted = "main.loam.yaml:1:30 Invalid \"count\" attribute\n",
    },
    {
        .about = "a lifecycle",
        .text = "check: {c: {data: {a_b: {c: {lifecycle: {}}}}, assert: {condition: '${var.x}', "
                "error_message: x}}}\nvariable: {x: {}}\n",
        .wanted = "main.loam.yaml:1:30 Invalid lifecycle block\n",
    },
    {
        .about = "a data source that is there already",
        .text = "data: {a_b: {c: {}}}\ncheck: {c: {data: {a_b: {c: {}}}, assert: {condition: "
                "'${data.a_b.c.x}', error_message: x}}}\n",
        .wanted = "main.loam.yaml:2:26 Duplicate data source\n",
    },
};

static void bad_input(void **) {
    bad_cases_check(bad_cases, ARRAY_COUNT(bad_cases));
}

static void model(void **) {
    ConfigCase c = config_case_open();
    config_case_write(&c, "main.loam.yaml",
                      "check:\n"
                      "  c:\n"
                      "    data: {a_b: {d: {x: 1}}}\n"
                      "    assert:\n"
                      "      - {condition: \"${data.a_b.d.ok}\", error_message: x}\n"
                      "      - {condition: \"${var.v}\", error_message: x}\n"
                      "variable: {v: {}}\n");
    config_case_load(&c, false);
    check_str(config_case_text(&c.diags, c.arena), "");
    const Module *root = c.config->root;
    const Check *check = map_find(&root->checks, STR("c"));
    assert_int_equal(check->asserts.count, 2);
    assert_ptr_equal(check->data, map_find(&root->resources, STR("data.a_b.d")));
    assert_ptr_equal(check->data->check, check);
    config_case_close(&c);
}

UNIT_MAIN(test_config_check) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bad_input), cmocka_unit_test(model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
