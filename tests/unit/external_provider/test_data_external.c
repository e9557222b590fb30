/* data external: JSON in, JSON out, without a shell. */
#include "external_provider.h"
#include "resource_case.h"

static bool run(ResourceCase *c, const char *json) {
    c->state = case_config(c, json);
    return case_read(c);
}

static void test_result(void **) {
    ResourceCase c = case_open(&data_external);
    Value text;
    check_done(&c, run(&c, "{\"program\":[\"cat\"],\"query\":{\"a\":\"x\",\"b\":null}}"));
    assert_int_equal(case_attribute(&c, "result").count, 1);
    assert_true(value_find(case_attribute(&c, "result"), STR("a"), &text));
    check_str(value_text(text), "x");
    check_str(case_text(&c, "id"), "-");
    check_done(&c, run(&c, "{\"program\":[\"echo\",null,\"\",\"{\\\"$HOME\\\":\\\"*\\\"}\"]}"));
    assert_true(value_find(case_attribute(&c, "result"), STR("$HOME"), &text));
    case_close(&c);
}

static bool mentions(const ResourceCase *c, const char *text) {
    return str_find(c->diags.items[0].detail, str_from_cstr(text), 0) != SIZE_MAX;
}

static void test_failures(void **) {
    ResourceCase c = case_open(&data_external);
    assert_false(run(&c, "{\"program\":[\"sh\",\"-c\",\"echo no such thing >&2; exit 3\"]}"));
    assert_true(mentions(&c, "no such thing") && mentions(&c, "status 3"));
    assert_false(run(&c, "{\"program\":[\"./no-such-program\"]}"));
    assert_false(run(&c, "{\"program\":[\"\"]}"));
    static const char *const bad[] = {"",     "hello",         "[]",
                                      "null", "{\\\"a\\\":1}", "{\\\"a\\\":\\\"b\\\"} x"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        Str json = str_format(c.arena, "{\"program\":[\"echo\",\"%s\"]}", bad[i]);
        assert_false(run(&c, str_to_cstr(json, c.arena)));
    }
    assert_false(case_validate(&c, "{\"program\":[]}"));
    case_close(&c);
}

static void test_deadline(void **) {
    ResourceCase c = case_open(&data_external);
    c.call.deadline_ms = call_monotonic_ms(case_call(&c)) + 50;
    assert_false(run(&c, "{\"program\":[\"sleep\",\"60\"]}"));
    case_close(&c);
}

UNIT_MAIN(test_data_external) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_deadline),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
