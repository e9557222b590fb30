/* terraform_data: output follows input, the id stays until a trigger changes. */
#include "resource_case.h"
#include "terraform_provider.h"

#define INPUT(json) "{\"input\":{\"value\":" json ",\"type\":\"string\"}}"
#define TRIGGER(json, trig)                                                                        \
    "{\"input\":{\"value\":" json ",\"type\":\"string\"},\"triggers_replace\":{\"value\":" trig    \
    ",\"type\":\"string\"}}"

static void test_create(void **state) {
    (void)state;
    ResourceCase c = case_open(&terraform_data);
    check_done(&c, case_plan(&c, INPUT("\"x\"")));
    assert_true(case_is_planned_unknown(&c, "id"));
    assert_true(case_is_planned_unknown(&c, "output"));
    assert_ptr_equal(value_attribute(c.plan.planned, STR("output")).type, &TYPE_STRING);
    check_done(&c, case_apply(&c, INPUT("\"x\"")));
    check_str(case_text(&c, "output"), "x");
    size_t output = 0;
    assert_true(type_find_attribute(c.state.type, STR("output"), &output));
    assert_ptr_equal(type_at(c.state.type, output), &TYPE_STRING);
    assert_int_equal(case_text(&c, "id").len, 36);
    assert_true(case_is_settled(&c, INPUT("\"x\"")));
    case_close(&c);
}

static void test_update_keeps_id(void **) {
    ResourceCase c = case_open(&terraform_data);
    check_done(&c, case_apply(&c, INPUT("\"x\"")));
    Str id = case_text(&c, "id");
    check_done(&c, case_plan(&c, INPUT("\"y\"")));
    assert_int_equal(c.plan.requires_replace.count, 0);
    assert_true(case_is_planned_unknown(&c, "output"));
    check_done(&c, case_apply(&c, INPUT("\"y\"")));
    check_str(case_text(&c, "output"), "y");
    check_str_equal(case_text(&c, "id"), id);
    check_done(&c, case_apply(&c, "{}"));
    assert_true(value_is_null(case_attribute(&c, "output")));
    check_str_equal(case_text(&c, "id"), id);
    case_close(&c);
}

static void test_null_input_is_known(void **) {
    ResourceCase c = case_open(&terraform_data);
    check_done(&c, case_plan(&c, "{}"));
    assert_false(case_is_planned_unknown(&c, "output"));
    case_close(&c);
}

static void test_trigger_replaces(void **) {
    ResourceCase c = case_open(&terraform_data);
    check_done(&c, case_apply(&c, TRIGGER("\"x\"", "\"1\"")));
    Str id = case_text(&c, "id");
    check_done(&c, case_plan(&c, TRIGGER("\"x\"", "\"2\"")));
    assert_int_equal(c.plan.requires_replace.count, 1);
    check_str(path_to_str(c.plan.requires_replace.items[0], c.arena), ".triggers_replace");
    check_done(&c, case_apply(&c, TRIGGER("\"x\"", "\"2\"")));
    assert_false(str_equal(case_text(&c, "id"), id));
    case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = case_open(&terraform_data);
    check_done(&c, case_import(&c, STR("abc")));
    check_str(case_text(&c, "id"), "abc");
    assert_true(value_is_null(case_attribute(&c, "input")));
    case_close(&c);
}

/* The values are those of Terraform 1.11.4 for the same objects. */
static void test_moved(void **) {
    static const struct {
        const char *type;
        const char *provider;
        const char *stored;
        const char *moved; /* NULL: an error */
    } cases[] = {
        {"null_resource", "registry.terraform.io/hashicorp/null",
         "{\"id\":\"21\",\"triggers\":{\"k\":\"v\",\"n\":\"2\"}}",
         "{\"id\":\"21\",\"input\":null,\"output\":null,\"triggers_replace\":{\"value\":{\"k\":"
         "\"v\",\"n\":\"2\"},\"type\":[\"object\",{\"k\":\"string\",\"n\":\"string\"}]}}"},
        {"null_resource", "example.com/hashicorp/null", "{\"id\":\"23\",\"triggers\":null}",
         "{\"id\":\"23\",\"input\":null,\"output\":null,\"triggers_replace\":null}"},
        {"null_resource", "registry.terraform.io/other/null", "{\"id\":\"1\"}", NULL},
        {"random_pet", "registry.terraform.io/hashicorp/random", "{\"id\":\"a-b\"}", NULL},
        {"null_resource", "registry.terraform.io/hashicorp/null", "{", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&terraform_data);
        MoveRequest request = {.source_type = str_from_cstr(cases[i].type),
                               .source_provider = str_from_cstr(cases[i].provider),
                               .stored = str_from_cstr(cases[i].stored)};
        MoveResponse response;
        bool is_good = resource_type_move(case_call(&c), &request, &response, &c.diags);
        assert_int_equal(is_good, cases[i].moved != NULL);
        assert_int_equal(c.diags.error_count, !is_good);
        if (is_good)
            check_str(response.moved, cases[i].moved);
        case_close(&c);
    }
}

UNIT_MAIN(test_terraform_data) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create),           cmocka_unit_test(test_moved),
        cmocka_unit_test(test_update_keeps_id),  cmocka_unit_test(test_null_input_is_known),
        cmocka_unit_test(test_trigger_replaces), cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
