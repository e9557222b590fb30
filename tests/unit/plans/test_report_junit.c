#include "report.h"
#include "report_sample.h"

static void of_a_plan(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_junit, &input);
    CHECK_HAS(text, "<testsuites name=\"loam: plan\">",
              "<testsuite name=\"messages\" tests=\"2\" failures=\"0\" errors=\"1\" skipped=\"0\"",
              "<error message=\"It &lt;failed&gt;\">",
              "\n\nBecause of &quot;x&quot;.\n\non main file.tf:2",
              "<testsuite name=\"checks\" tests=\"1\" failures=\"1\" errors=\"0\"",
              "<failure message=\"It is not so.\">", "<testsuite name=\"changes\" tests=\"4\"",
              "<testcase name=\"t.again\" classname=\"replace\">",
              "<testcase name=\"t.gone[&quot;x|y&quot;]\" classname=\"destroy\">");
    assert_false(has(text, "t.same"));
}

static void of_a_run(void **) {
    ReportInput input = sample_input();
    input.timeline = sample_timeline(input.plan);
    Diags *diags = sample_diags();
    diags->items[0].address = STR("t.other");
    input.diags = diags;
    CHECK_HAS(
        sample_write(&report_junit, &input),
        "<testsuite name=\"operations\" tests=\"6\" failures=\"1\" errors=\"0\" skipped=\"2\"",
        "<testcase name=\"t.again: delete\" classname=\"t.again\" time=\"1.000\"/>",
        "<testcase name=\"t.other: update\" classname=\"t.other\" time=\"0.500\">",
        "<failure message=\"It &lt;failed&gt;\">", "<testcase name=\"t.again: local-exec\"",
        "t.gone[&quot;x|y&quot;]: delete", "<skipped message=\"The operation was not started.\">",
        "t.new: create");
}

UNIT_MAIN(test_report_junit) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(of_a_plan),
        PLAN_CASE(of_a_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
