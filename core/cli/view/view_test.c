/* Functions shared by the text and JSON reports of tests. */
#include "view_test.h"

const char *view_test_word(SuiteStatus status) {
    return suite_status_name(status == SUITE_ERROR ? SUITE_FAIL : status);
}

Str view_test_summary(const Suite *suite, Arena *arena) {
    size_t failed = suite->counts[SUITE_FAIL] + suite->counts[SUITE_ERROR];
    size_t skipped = suite->counts[SUITE_SKIP];
    bool is_fine = suite->status <= SUITE_PASS;
    Str skips = skipped > 0 ? str_format(arena, ", %zu skipped", skipped) : STR_EMPTY;
    return str_format(arena, "%s! %zu passed, %zu failed%.*s.", is_fine ? "Success" : "Failure",
                      suite->counts[SUITE_PASS], failed, STR_ARG(skips));
}
