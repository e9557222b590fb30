#include "parts_sample.h"
#include "report.h"
#include "report_sample.h"
#include "utf8.h"

static void worst_first(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "## loam: plan\n", "**2 to add, 1 to change, 2 to destroy.**",
              "Errors: 1, warnings: 1.", "| `-` | Destroyed | 1 |", "| `-/+` | Replaced | 1 |",
              "| `~` | Updated | 1 |", "| `+` | Created | 1 |",
              "Error: <code>It &lt;failed&gt;</code>", "on main file.tf:2\n",
              "Warning: <code>Look</code>", "### Destroyed (1)", "### Replaced (1)",
              "### Updated (1)", "### Created (1)", "### Outputs");
    assert_false(has(text, "t.same"));
}

static void content_breaks_nothing(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "<code>t.gone&#91;&quot;x&#124;y&quot;] will be destroyed</code>", "```diff\n-",
              "````diff\n+   resource \"t\" \"new\" {\n", "<b>```", "\n````\n");
}

static void signs_stand_in_front(void **) {
    ReportInput input = sample_input();
    CHECK_HAS(sample_write(&report_markdown, &input), "\n!   resource \"t\" \"other\" {\n",
              "!       a  = 1 -> 2\n", "!       pw = (sensitive value)\n");
}

static Plan *many(size_t count) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (size_t i = 0; i < count; i++) {
        Str address = str_format(arena, "t.many[%zu]", i);
        Str value = str_format(arena, "{\"n\": %zu, \"text\": \"üüüü\"}", i);
        sample_add(plan, str_to_cstr(address, arena), i % 2 ? ACTION_DELETE : ACTION_CREATE,
                   i % 2 ? str_to_cstr(value, arena) : "-",
                   i % 2 ? "-" : str_to_cstr(value, arena));
    }
    plan_sort(plan);
    return plan;
}

static size_t count_characters(Str text) {
    size_t count = 0;
    for (size_t width, i = 0; i < text.len; i += width, count++)
        (void)utf8_decode(text, i, &width);
    return count;
}

/* The text keeps every limit; the table is complete, and omitted changes are counted. */
static void limits(void **) {
    static const size_t sizes[] = {2000, 5000, 20000, 65536};
    ReportInput input = {.plan = many(600), .title = STR("plan")};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        input.size_limit = sizes[i];
        Str text = sample_write(&report_markdown, &input);
        assert_true(count_characters(text) <= sizes[i]);
        assert_true(count_characters(text) > sizes[i] / 2);
        CHECK_HAS(text, "| `-` | Destroyed | 300 |", "| `+` | Created | 300 |",
                  "### Destroyed (300)");
        assert_true(has(text, "are omitted**") || has(text, "without details"));
    }
    input.size_limit = 0;
    Str text = sample_write(&report_markdown, &input);
    assert_false(has(text, "left out") || has(text, "without details"));
    CHECK_HAS(text, "t.many&#91;599]", "t.many&#91;598]");
}

static void alike(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    for (int i = 0; i < 50; i++)
        sample_add(plan, str_to_cstr(str_format(arena, "t.a[%d]", i), arena), ACTION_CREATE, "-",
                   "{\"x\": 1}");
    ReportInput input = {.plan = plan, .title = STR("plan")};
    Str text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "### Created (50)", "will be created, and 49 more similar ones</code>",
              "  # and the same for 49 more:\n  #   t.a[1] to [49]\n");
    assert_true(text.len < 1000);
}

static void drift(void **) {
    Plan *plan = plan_new(PLAN_REFRESH_ONLY, arena);
    Drift changed = {.address = address_of("t.a"),
                     .action = ACTION_UPDATE,
                     .before = value_of("{\"n\": 1}"),
                     .after = value_of("{\"n\": 2}")};
    vec_push(arena, &plan->drift, changed);
    Diags nothing = diags_new(arena);
    ReportInput input = {.plan = plan, .title = STR("plan"), .diags = &nothing};
    Str text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "### Changed outside of loam\n",
              "<summary><code>t.a has changed</code></summary>", "!       n = 1 -> 2\n");
    assert_false(has(text, "Errors:"));
}

static void parts(void **) {
    ReportInput input = sample_input();
    input.plan = parts_sample_plan();
    input.diags = NULL;
    check_str(sample_write(&report_markdown, &input),
              "## loam: plan\n"
              "\n"
              "**0 to add, 1 to change, 0 to destroy (5 objects: 2 to add, 1 to change, 3 to delete"
              ").**\n"
              "\n"
              "| | | objects |\n"
              "|---|---|---:|\n"
              "| `~` | Updated | 1 |\n"
              "\n"
              "### Updated (1)\n"
              "\n"
              "<details><summary><code>t.web will be updated in-place</code></summary>\n"
              "\n"
              "```diff\n"
              "!   resource \"t\" \"web\" {\n"
              "        id = \"x\"\n"
              "!       n  = 1 -> 2\n"
              "    }\n"
              "    -/+ object \"v1/Pod/again\" {\n"
              "!           ip = \"1\" -> \"2\" # forces replacement # immutable\n"
              "            # (1 unchanged attribute hidden)\n"
              "        }\n"
              "+       object \"v1/Pod/b<b>\" {\n"
              "+           at   = (known after apply)\n"
              "+           spec = {\n"
              "+               n = 1\n"
              "            }\n"
              "        }\n"
              "-       object \"v1/Pod/gone\" {\n"
              "-           n = 1 -> null\n"
              "        }\n"
              "      # (verified at apply)\n"
              "!       object \"v1/Secret/(sensitive value)\" {\n"
              "!           data = (sensitive value)\n"
              "            # (1 unchanged attribute hidden)\n"
              "        }\n"
              "-       object \"v1/Secret/whole\" (sensitive value) -> null\n"
              "      # (more objects are known after apply)\n"
              "```\n"
              "\n"
              "</details>\n"
              "\n"
              "\n");
}

/* After a run every change has its result, and nothing "will be". */
static void outcomes_of_a_run(void **) {
    ReportInput input = sample_input();
    Plan *plan = sample_plan();
    vec_each(&plan->changes, change) {
        for (int i = 0; i < 2 && change->action == ACTION_UPDATE; i++)
            vec_push(arena, &change->notes, (ChangeNote){{0}, STR("restarts | the machine")});
    }
    input.plan = plan;
    input.timeline = sample_timeline(plan);
    Str text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "**2 operations completed, 1 failed. Planned: 2 to add",
              "<summary>❌ <code>t.gone&#91;&quot;x&#124;y&quot;]</code> not started</summary>",
              "<summary>✅ <code>t.again</code> done after 3.0 s</summary>",
              "t.other</code> failed after 0.5 s, restarts &#124; the machine</summary>",
              "<summary>❌ <code>t.new</code> not started</summary>", "New values");
    assert_false(has(text, "will be"));
    input.timeline = NULL;
    text = sample_write(&report_markdown, &input);
    CHECK_HAS(text, "<summary><code>t.other will be updated in-place</code> restarts &#124; the "
                    "machine</summary>");
}

/* Similar changes are one entry with the number of failures. */
static void outcomes_of_similar_changes(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    Timeline *timeline = arena_new(arena, Timeline);
    for (int i = 0; i < 50; i++) {
        Str address = str_format(arena, "t.a[%d]", i);
        sample_add(plan, str_to_cstr(address, arena), ACTION_CREATE, "-", "{\"x\": 1}");
        TimelineRow row = {.kind = TIMELINE_APPLY,
                           .address = address,
                           .action = ACTION_CREATE,
                           .end_ms = i,
                           .failed = i == 7};
        if (i < 48)
            vec_push(arena, &timeline->rows, row);
    }
    ReportInput input = {.plan = plan, .title = STR("apply"), .timeline = timeline};
    CHECK_HAS(
        sample_write(&report_markdown, &input),
        "<summary>❌ <code>t.a&#91;0], and 49 more similar ones</code> 47 done, 1 failed, 2 not "
        "started, each within 47 ms</summary>");
}

UNIT_MAIN(test_report_markdown) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(outcomes_of_a_run),
        PLAN_CASE(outcomes_of_similar_changes),
        PLAN_CASE(worst_first),
        PLAN_CASE(content_breaks_nothing),
        PLAN_CASE(signs_stand_in_front),
        PLAN_CASE(limits),
        PLAN_CASE(alike),
        PLAN_CASE(drift),
        PLAN_CASE(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
