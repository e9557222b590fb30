/* component_change: the fields that a kubelet shows. */
#include "component_change.h"
#include "json.h"
#include "unit.h"

static void test_shown(void **) {
    static const struct {
        const char *wanted;
        const char *shown;
        bool is_shown;
    } rows[] = {
        {"{\"maxPods\":200}", "{\"maxPods\":200,\"other\":1}", true},
        {"{\"maxPods\":200}", "{\"maxPods\":110}", false},
        {"{\"maxPods\":200}", "{}", false},
        {"{\"a\":{\"b\":1}}", "{\"a\":{\"b\":1,\"c\":2}}", true},
        {"{\"a\":{\"b\":1}}", "{\"a\":{\"c\":2}}", false},
        {"{\"timeout\":\"4h0m0s\"}", "{\"timeout\":\"1h0m0s\"}", false},
        /* not set any more */
        {"{\"timeout\":\"0s\"}", "{\"timeout\":\"4h0m0s\"}", true},
        {"{\"timeout\":\"0s\"}", "{}", true},
        {"{\"a\":{\"timeout\":\"0s\"}}", "{\"a\":{\"timeout\":\"2m0s\"}}", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Value wanted, shown;
        assert_true(json_parse_object(str_from_cstr(rows[i].wanted), &wanted, arena));
        assert_true(json_parse_object(str_from_cstr(rows[i].shown), &shown, arena));
        if (component_change_is_shown(wanted, shown, arena) != rows[i].is_shown)
            fail_msg("%s and %s", rows[i].wanted, rows[i].shown);
    }
}

/* As the gate of a kubelet calls it: with a field, not with the whole. */
static void test_field(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_true(component_change_is_shown(value_from_cstr("0s"), value_from_cstr("4h0m0s"), arena));
    assert_false(
        component_change_is_shown(value_from_cstr("1s"), value_from_cstr("4h0m0s"), arena));
}

UNIT_MAIN(test_component_change) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shown),
        cmocka_unit_test(test_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
