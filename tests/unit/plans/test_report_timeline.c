#include "report.h"
#include "report_sample.h"

static void drawing(void **) {
    ReportInput input = sample_input();
    input.timeline = sample_timeline(input.plan);
    Str text = sample_write(&report_timeline, &input);
    CHECK_HAS(text, "<title>loam: plan, timeline</title>",
              "3 operations in 3.0 s, 1.2 at once on average.", "<svg ", ">500 ms</text>",
              "<g class=\"op destroy critical\" tabindex=\"0\" data-row=\"0\">",
              "<title>t.again\ndelete from 0 ms on, took 1.0 s</title>",
              "<g class=\"op update failed\"", ", failed</title>",
              "<g class=\"op create critical\" tabindex=\"0\" data-row=\"2\" data-wait=\"0\">",
              "waited for t.again</title>", "<rect class=\"inner\"", "<path class=\"wait\"",
              "</svg>", "<h2>The critical path</h2>", "<code>t.again</code>", "33 %", "67 %",
              "<h2>Longest operations</h2>", "</html>");
}

static void nothing_ran(void **) {
    ReportInput input = sample_input();
    static const Timeline none;
    input.timeline = &none;
    Str text = sample_write(&report_timeline, &input);
    CHECK_HAS(text, "0 operations in 0 ms, 0.0 at once", "No operation was started.");
    assert_false(has(text, "<svg"));
}

/* Too many operations for a row each are drawn in lanes, one for each parallel operation. */
static void many(void **) {
    ReportInput input = sample_input();
    Timeline *timeline = arena_new(arena, Timeline);
    for (int i = 0; i < 1000; i++) {
        TimelineRow row = {
            .kind = TIMELINE_APPLY,
            .address = str_format(arena, "t.a[%d]", i),
            .block = STR("t.a"),
            .action = ACTION_CREATE,
            .start_ms = (int64_t)(i / 4) * 10,
            .end_ms = (int64_t)(i / 4) * 10 + 10,
            .waited_for = TIMELINE_NONE,
            .turn_after = TIMELINE_NONE,
        };
        vec_push(arena, &timeline->rows, row);
    }
    timeline->length_ms = 2500;
    input.timeline = timeline;
    Str text = sample_write(&report_timeline, &input);
    CHECK_HAS(text, "1000 operations in 2.5 s, 4.0 at once", "viewBox=\"0 0 1400 110\"");
}

/* A lane is free when its operation ends. A provisioner shares the lane of its object. */
static void lanes(void **) {
    static const struct {
        TimelineKind kind;
        int64_t start_ms, end_ms;
    } pattern[] = {
        {TIMELINE_APPLY, 0, 10},  {TIMELINE_APPLY, 0, 20},  {TIMELINE_PROVISION, 5, 20},
        {TIMELINE_APPLY, 10, 30}, {TIMELINE_APPLY, 25, 30},
    };
    ReportInput input = sample_input();
    Timeline *timeline = arena_new(arena, Timeline);
    for (int i = 0; i < 1000; i++) {
        int64_t began_ms = (int64_t)i / 5 * 40;
        bool is_inner = pattern[i % 5].kind == TIMELINE_PROVISION;
        TimelineRow row = {
            .kind = pattern[i % 5].kind,
            .address = str_format(arena, "t.a[%d]", is_inner ? i - 1 : i),
            .block = STR("t.a"),
            .action = ACTION_CREATE,
            .start_ms = began_ms + pattern[i % 5].start_ms,
            .end_ms = began_ms + pattern[i % 5].end_ms,
            .waited_for = TIMELINE_NONE,
            .turn_after = TIMELINE_NONE,
        };
        vec_push(arena, &timeline->rows, row);
    }
    timeline->length_ms = 8000;
    input.timeline = timeline;
    Str text = sample_write(&report_timeline, &input);
    CHECK_HAS(text, "800 operations in 8.0 s, 1.4 at once", "viewBox=\"0 0 1400 70\"");
}

/* A long address is shortened at its beginning. */
static void long_names(void **) {
    ReportInput input = sample_input();
    Timeline *timeline = sample_timeline(input.plan);
    timeline->rows.items[1].address =
        STR("module.one_with_a_long_name.module.another_with_a_long_name.t.日本語[\"key\"]");
    input.timeline = timeline;
    CHECK_HAS(sample_write(&report_timeline, &input),
              ">update …name.module.another_with_a_long_name.t.日本語[&quot;key&quot;]</text>");
}

UNIT_MAIN(test_report_timeline) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(drawing), PLAN_CASE(nothing_ran), PLAN_CASE(many),
        PLAN_CASE(lanes),   PLAN_CASE(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
