/* time_sleep: waits on creation and destruction, but not on an update. */
#include "resource_case.h"
#include "time_provider.h"

static int64_t took_ms(ResourceCase *c, bool (*act)(ResourceCase *, const char *),
                       const char *json) {
    int64_t start = call_monotonic_ms(case_call(c));
    check_done(c, act(c, json));
    return call_monotonic_ms(case_call(c)) - start;
}

static bool destroy(ResourceCase *c, const char *) {
    return case_delete(c);
}

static void test_waits(void **) {
    ResourceCase c = case_open(&time_sleep);
    assert_true(took_ms(&c, case_apply, "{\"create_duration\":\"30ms\"}") >= 30);
    assert_true(took_ms(&c, case_apply,
                        "{\"create_duration\":\"1h\",\"destroy_duration\":\"0.03s\"}") < 3000);
    assert_true(took_ms(&c, destroy, "") >= 30);
    case_close(&c);
}

static void test_stopped(void **state) {
    (void)state;
    ResourceCase c = case_open(&time_sleep);
    c.call.deadline_ms = call_monotonic_ms(case_call(&c)) + 20;
    assert_false(case_apply(&c, "{\"create_duration\":\"1h\"}"));
    assert_true(value_is_null(c.state));
    case_close(&c);
}

static void test_durations(void **) {
    ResourceCase c = case_open(&time_sleep);
    static const char *const good[] = {"1s", "1.5h", "10ms", "2m"};
    static const char *const bad[] = {"1h30m", "1", "s", "-1s", "1 s", "1d", ".5s", "1.s"};
    for (size_t i = 0; i < ARRAY_COUNT(good) + ARRAY_COUNT(bad); i++) {
        bool is_good = i < ARRAY_COUNT(good);
        const char *text = is_good ? good[i] : bad[i - ARRAY_COUNT(good)];
        Str json = str_format(c.arena, "{\"create_duration\":\"%s\"}", text);
        assert_int_equal(case_validate(&c, str_to_cstr(json, c.arena)), is_good);
    }
    check_done(&c, case_import(&c, STR("1s,")));
    assert_false(case_import(&c, STR(",")));
    assert_false(case_import(&c, STR("x,")));
    case_close(&c);
}

UNIT_MAIN(test_time_sleep) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits),
        cmocka_unit_test(test_stopped),
        cmocka_unit_test(test_durations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
