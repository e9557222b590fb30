/* kubeadm_step: markers on a machine show an interrupted removal or upgrade of its node. */
#include "kubeadm_step.h"
#include "unit.h"

static void test_markers(void **) {
    static const struct {
        const char *marker;
        bool has_reset;
        bool has_upgrade;
    } rows[] = {
        {"a1", false, false},        {"a1-reset", true, false}, {"a1-upgrade-v1.34.4", false, true},
        {"a12-reset", false, false}, {"reset", false, false},   {"", false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrVec markers = {0};
        assert_false(kubeadm_step_has_reset(&markers, STR("a1")));
        vec_push(arena, &markers, STR("other-reset-upgrade-"));
        vec_push(arena, &markers, str_from_cstr(rows[i].marker));
        assert_int_equal(kubeadm_step_has_reset(&markers, STR("a1")), rows[i].has_reset);
        assert_int_equal(kubeadm_step_has_upgrade(&markers, STR("a1")), rows[i].has_upgrade);
    }
}

UNIT_MAIN(test_kubeadm_step) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_markers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
