#include "report_sample.h"

static void kinds(void **state) {
    (void)state;
    for (size_t i = 0; i < report_kind_count; i++) {
        assert_ptr_equal(report_find_kind(str_from_cstr(report_kinds[i]->name)), report_kinds[i]);
        assert_true(strlen(report_kinds[i]->help) > 20);
    }
    assert_null(report_find_kind(STR("pdf")));
    assert_null(report_find_kind(STR("")));
}

/* Nothing of a secret, whatever the kind, whatever there is to tell. */
static void secrets(void **state) {
    (void)state;
    ReportInput input = sample_input();
    input.timeline = sample_timeline(input.plan);
    ReportInput bare = {.title = STR("plan"), .version = STR("1")};
    for (size_t i = 0; i < report_kind_count; i++) {
        Str text = sample_write(report_kinds[i], &input);
        assert_false(has(text, "canary"));
        assert_true(text.len > 100);
        assert_true(sample_write(report_kinds[i], &bare).len > 20);
    }
}

static void sections(void **state) {
    (void)state;
    const Plan *plan = sample_plan();
    static const size_t wanted[] = {1, 1, 1, 0, 1, 0, 0, 0};
    for (size_t i = 0; i < REPORT_SECTION_COUNT; i++)
        assert_int_equal(report_changes_in(plan, (ReportSection)i, arena).count, wanted[i]);
    ResourceChange change = change_of("t.a", ACTION_NO_OP, value_of("{}"), value_of("{}"));
    assert_int_equal(report_section_of(&change), REPORT_MOVE);
    change.import_id = STR("x");
    assert_int_equal(report_section_of(&change), REPORT_IMPORT);
}

static void summary(void **state) {
    (void)state;
    ReportInput input = sample_input();
    check_str(report_summary(&input, arena), "2 to add, 1 to change, 2 to destroy.");
    input.plan = plan_new(PLAN_NORMAL, arena);
    check_str(report_summary(&input, arena), "No changes.");
    Plan *errored = plan_new(PLAN_NORMAL, arena);
    errored->errored = true;
    input.plan = errored;
    check_str(report_summary(&input, arena), "Planning failed part-way.");
    input.plan = NULL;
    check_str(report_summary(&input, arena),
              "There is no plan: errors were met before it was made.");
}

static void small_things(void **state) {
    (void)state;
    assert_int_equal(report_length(STR("aü😀")), 3);
    check_str(report_place(NO_RANGE, arena), "");
    check_str(report_place(sample_diags()->items[0].range, arena), "main file.tf:2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(kinds),   PLAN_CASE(secrets),      PLAN_CASE(sections),
        PLAN_CASE(summary), PLAN_CASE(small_things),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
