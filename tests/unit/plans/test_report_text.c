#include "report_sample.h"
#include "report_text.h"

static void summary(void **) {
    ReportInput input = sample_input();
    check_str(report_text_summary(&input, arena), "2 to add, 1 to change, 2 to destroy.");
    input.plan = plan_new(PLAN_NORMAL, arena);
    check_str(report_text_summary(&input, arena), "No changes.");
    Plan *errored = plan_new(PLAN_NORMAL, arena);
    errored->errored = true;
    input.plan = errored;
    check_str(report_text_summary(&input, arena), "Planning failed before it was complete.");
    input.plan = NULL;
    check_str(report_text_summary(&input, arena),
              "There is no plan, because of errors before planning.");
}

static void places(void **) {
    check_str(report_text_place(NO_RANGE, arena), "");
    check_str(report_text_place(sample_diags()->items[0].range, arena), "main file.tf:2");
}

UNIT_MAIN(test_report_text) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(summary),
        PLAN_CASE(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
