#include "report.h"
#include "report_sample.h"

static void kinds(void **) {
    for (size_t i = 0; i < report_kind_count; i++) {
        assert_ptr_equal(report_find_kind(str_from_cstr(report_kinds[i]->name)), report_kinds[i]);
        assert_true(strlen(report_kinds[i]->help) > 20);
    }
    assert_null(report_find_kind(STR("pdf")));
    assert_null(report_find_kind(STR("")));
}

/* No kind of report contains a secret, with or without a plan. */
static void secrets(void **) {
    OtlpSpan span = {.name = STR("loam plan"), .id = STR("0102030405060708")};
    OtlpSpans spans = {&span, 1, 1}, none = {0};
    ReportInput input = sample_input();
    input.spans = &spans;
    input.timeline = sample_timeline(input.plan);
    ReportInput bare = {.title = STR("plan"), .version = STR("1"), .spans = &none};
    for (size_t i = 0; i < report_kind_count; i++) {
        Str text = sample_write(report_kinds[i], &input);
        assert_false(has(text, "canary"));
        assert_true(text.len > 100);
        assert_true(sample_write(report_kinds[i], &bare).len > 20);
    }
}

UNIT_MAIN(test_report) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(kinds),
        PLAN_CASE(secrets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
