/* Keywords and names of events and failures. */
#include "unit.h"

#include "invoke_event.h"

static void events(void **) {
    static const struct {
        const char *keyword, *name;
        bool is_before, is_destroy;
    } cases[] = {
        [INVOKE_BEFORE_CREATE] = {"before_create", "BeforeCreate", true, false},
        [INVOKE_AFTER_CREATE] = {"after_create", "AfterCreate", false, false},
        [INVOKE_BEFORE_UPDATE] = {"before_update", "BeforeUpdate", true, false},
        [INVOKE_AFTER_UPDATE] = {"after_update", "AfterUpdate", false, false},
        [INVOKE_BEFORE_DESTROY] = {"before_destroy", "BeforeDestroy", true, true},
        [INVOKE_AFTER_DESTROY] = {"after_destroy", "AfterDestroy", false, true},
    };
    InvokeEvent event;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(invoke_event_parse(str_from_cstr(cases[i].keyword), &event));
        assert_int_equal(event, i);
        assert_string_equal(invoke_event_keyword(event), cases[i].keyword);
        assert_string_equal(invoke_event_name(event), cases[i].name);
        assert_int_equal(invoke_event_is_before(event), cases[i].is_before);
        assert_int_equal(invoke_event_is_destroy(event), cases[i].is_destroy);
    }
    assert_false(invoke_event_parse(STR("before"), &event));
    assert_false(invoke_event_parse(STR_EMPTY, &event));
}

static void failures(void **) {
    static const struct {
        const char *keyword, *name;
    } cases[] = {
        [INVOKE_HALTS] = {"halt", "ActionOnFailureHalt"},
        [INVOKE_TAINTS] = {"taint", "ActionOnFailureTaint"},
        [INVOKE_CONTINUES] = {"continue", "ActionOnFailureContinue"},
    };
    InvokeFailure failure;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_true(invoke_failure_parse(str_from_cstr(cases[i].keyword), &failure));
        assert_int_equal(failure, i);
        assert_string_equal(invoke_failure_keyword(failure), cases[i].keyword);
        assert_string_equal(invoke_failure_name(failure), cases[i].name);
    }
    assert_false(invoke_failure_parse(STR("halts"), &failure));
}

UNIT_MAIN(test_invoke_event) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
