#include "unit.h"

#include "action.h"

static void names_and_glyphs(void **) {
    assert_string_equal(action_name(ACTION_DELETE_THEN_CREATE), "replace");
    assert_string_equal(action_name(ACTION_NO_OP), "noop");
    assert_string_equal(action_glyph(ACTION_CREATE_THEN_DELETE), "+/-");
    assert_string_equal(action_glyph(ACTION_READ), "<=");
}

static void replacing(void **) {
    assert_true(action_is_replace(ACTION_DELETE_THEN_CREATE));
    assert_true(action_is_replace(ACTION_CREATE_THEN_DELETE));
    assert_false(action_is_replace(ACTION_DELETE));
    assert_true(action_deletes(ACTION_DELETE));
    assert_true(action_deletes(ACTION_FORGET));
    assert_true(action_deletes(ACTION_CREATE_THEN_DELETE));
    assert_false(action_deletes(ACTION_UPDATE));
}

static void reasons_there_and_back(void **) {
    for (int i = REASON_NONE; i <= REASON_READ_BECAUSE_DEPENDENCY_PENDING; i++) {
        ActionReason found;
        const char *name = action_reason_name((ActionReason)i);
        assert_true(action_reason_from_name(str_from_cstr(name), &found));
        assert_int_equal(found, i);
    }
    ActionReason untouched = REASON_REPLACE_BY_REQUEST;
    assert_false(action_reason_from_name(STR("because"), &untouched));
    assert_int_equal(untouched, REASON_REPLACE_BY_REQUEST);
}

UNIT_MAIN(test_action) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_glyphs),
        cmocka_unit_test(replacing),
        cmocka_unit_test(reasons_there_and_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
