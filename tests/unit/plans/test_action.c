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

static void reasons_differ(void **) {
    for (int i = REASON_NONE; i <= REASON_READ_BECAUSE_DEPENDENCY_PENDING; i++) {
        for (int k = REASON_NONE; k < i; k++)
            assert_string_not_equal(action_reason_name((ActionReason)i),
                                    action_reason_name((ActionReason)k));
    }
}

UNIT_MAIN(test_action) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_glyphs),
        cmocka_unit_test(replacing),
        cmocka_unit_test(reasons_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
