/* Functions shared by the text and JSON reports of tests. */
#include "view_test.h"

const char *view_test_word(SuiteStatus status) {
    return suite_status_name(status == SUITE_ERROR ? SUITE_FAIL : status);
}

Str view_test_summary(const Suite *suite, Arena *arena) {
    size_t failed = suite->counts[SUITE_FAIL] + suite->counts[SUITE_ERROR];
    size_t skipped = suite->counts[SUITE_SKIP];
    bool is_fine = suite->status <= SUITE_PASS;
    if (suite->is_cleanup)
        return is_fine ? STR("Success!") : STR("Failure!");
    Str skips = skipped > 0 ? str_format(arena, ", %zu skipped", skipped) : STR_EMPTY;
    return str_format(arena, "%s! %zu passed, %zu failed%.*s.", is_fine ? "Success" : "Failure",
                      suite->counts[SUITE_PASS], failed, STR_ARG(skips));
}

Str view_test_left(const SuiteFile *file, const SuiteRun *run, SuiteReason reason, Arena *arena) {
    const char *form =
        reason == SUITE_REASON_SKIP
            ? "Objects of \"%.*s\" of %.*s are kept, because of \"skip_cleanup\" or a backend. To "
              "destroy them, run \"loam test cleanup\"."
            : "Objects of \"%.*s\" of %.*s could not be destroyed. Their state is kept: after you "
              "have fixed the cause, run \"loam test cleanup\".";
    return str_format(arena, form, STR_ARG(run->config->name), STR_ARG(file->config->path));
}

bool view_test_creates(const ResourceChange *change) {
    return change->address.mode == MODE_MANAGED &&
           (change->action == ACTION_CREATE || action_is_replace(change->action));
}
