/* Revisions that a wait accepts. tests/kube/flux waits by them. */
#include "unit.h"
#include "wait_status.h"

static void revisions(void **) {
    static const struct {
        const char *found;
        const char *expected;
        bool is_same;
    } cases[] = {
        {"main@sha1:0a1b", "main@sha1:0a1b", true},
        {"main@sha1:0a1b", "sha1:0a1b", true},
        {"main@sha1:0a1b", "0a1b", true},
        {"main@sha1:0a1b", "a1b", false},
        {"main@sha1:0a1b", "0a1", false},
        {"main@sha1:0a1b", "main", true},
        {"main@sha1:0a1b", "mai", false},
        {"v1.4.0@sha1:0a1b", "v1.4.0", true},
        {"v1.4.01@sha1:0a1b", "v1.4.0", false},
        {"6.5.0", "6.5.0", true},
        {"6.5.0+0a1b", "6.5.0", true},
        {"6.5.01+0a1b", "6.5.0", false},
        {"16.5.0", "6.5.0", false},
        {"", "0a1b", false},
        {"main@sha1:0a1b", "", false},
        {"0a1b", "main@sha1:0a1b", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(wait_status_is_revision(str_from_cstr(cases[i].found),
                                                 str_from_cstr(cases[i].expected)),
                         cases[i].is_same);
}

UNIT_MAIN(test_wait_status) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(revisions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
