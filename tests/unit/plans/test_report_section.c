#include "report_sample.h"
#include "report_section.h"

static void sections(void **state) {
    (void)state;
    const Plan *plan = sample_plan();
    static const size_t wanted[] = {1, 1, 1, 0, 1, 0, 0, 0};
    for (size_t i = 0; i < REPORT_SECTION_COUNT; i++)
        assert_int_equal(report_section_changes(plan, (ReportSection)i, arena).count, wanted[i]);
    ResourceChange change = change_of("t.a", ACTION_NO_OP, value_of("{}"), value_of("{}"));
    assert_int_equal(report_section_of(&change), REPORT_MOVE);
    change.import.id = STR("x");
    assert_int_equal(report_section_of(&change), REPORT_IMPORT);
}

UNIT_MAIN(test_report_section) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(sections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
