#include "parts_sample.h"
#include "report.h"
#include "report_sample.h"

static void page(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_html, &input);
    CHECK_HAS(text, "<!DOCTYPE html>", "default-src 'none'", "<title>loam: plan</title>",
              "data-kind=\"destroy\" aria-pressed=\"true\">Destroyed 1</button>",
              "It &lt;failed&gt;</summary>", "on main file.tf:2\n",
              "<section class=\"destroy\" data-kind=\"destroy\">",
              "<details class=\"change\" id=\"c1\" open>",
              "t.gone[&quot;x|y&quot;] will be destroyed", "<section class=\"replace\"",
              "<section class=\"update\"", "(sensitive value)", "<section class=\"create\"",
              "&quot;&lt;b&gt;```&quot;", "<section class=\"outputs\"", "</html>\n");
    assert_false(has(text, "t.same"));
}

/* A few changes are open; of many only the titles are. */
static void folds_many(void **) {
    ReportInput input = sample_input();
    Plan many = *input.plan;
    for (size_t i = 0; i < 5; i++) {
        OutputChange output = {str_format(arena, "more%zu", i), ACTION_CREATE, value_of("-"),
                               value_of("1"), false};
        vec_push(arena, &many.outputs, output);
    }
    input.plan = &many;
    Str text = sample_write(&report_html, &input);
    CHECK_HAS(text, "<details class=\"change\" id=\"c1\">", "more4");
    assert_false(has(text, "id=\"c1\" open"));
}

/* No resource is loaded from elsewhere. */
static void stands_for_itself(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_html, &input);
    static const char *const loads[] = {"http://", "https://", "src=", "@import", "url(", "<link"};
    for (size_t i = 0; i < ARRAY_COUNT(loads); i++)
        assert_false(has(text, loads[i]));
}

/* Every tag that is opened is closed, in order. */
static void is_well_formed(void **) {
    ReportInput input = sample_input();
    Str text = sample_write(&report_html, &input);
    static const char *const tags[] = {"section", "details", "summary", "pre",  "i",
                                       "main",    "header",  "script",  "body", "button"};
    for (size_t i = 0; i < ARRAY_COUNT(tags); i++) {
        size_t open = 0, close = 0;
        Str with_blank = str_format(arena, "<%s ", tags[i]);
        Str without = str_format(arena, "<%s>", tags[i]);
        Str closing = str_format(arena, "</%s>", tags[i]);
        for (size_t at = 0; at < text.len; at++) {
            Str rest = str_after(text, at);
            open += str_starts_with(rest, with_blank) || str_starts_with(rest, without);
            close += str_starts_with(rest, closing);
        }
        assert_true(open > 0);
        assert_int_equal(open, close);
    }
}

static void parts(void **) {
    ReportInput input = sample_input();
    input.plan = parts_sample_plan();
    input.diags = NULL;
    Str text = sample_write(&report_html, &input);
    size_t start = str_find(text, STR("<pre>"), 0), end = str_find(text, STR("</pre>"), start);
    check_str(str_slice(text, start, end),
              "<pre><i class=\"y\">  ~</i> resource &quot;t&quot; &quot;web&quot; {\n"
              "        id = &quot;x&quot;\n"
              "    <i class=\"y\">  ~</i> n  = 1 <i class=\"y\">-&gt;</i> 2\n"
              "    }\n"
              "    <i class=\"r\">-</i>/<i class=\"g\">+</i> object &quot;v1/Pod/again&quot; {\n"
              "        <i class=\"y\">  ~</i> ip = &quot;1&quot; <i class=\"y\">-&gt;</i> &quot;2&q"
              "uot; <i class=\"r\"># forces replacement</i> # immutable\n"
              "            <i class=\"q\"># (1 unchanged attribute hidden)</i>\n"
              "        }\n"
              "    <i class=\"g\">  +</i> object &quot;v1/Pod/b&lt;b&gt;&quot; {\n"
              "        <i class=\"g\">  +</i> at   = (known after apply)\n"
              "        <i class=\"g\">  +</i> spec = {\n"
              "            <i class=\"g\">  +</i> n = 1\n"
              "            }\n"
              "        }\n"
              "    <i class=\"r\">  -</i> object &quot;v1/Pod/gone&quot; {\n"
              "        <i class=\"r\">  -</i> n = 1 <i class=\"q\">-&gt; null</i>\n"
              "        }\n"
              "      # (verified at apply)\n"
              "    <i class=\"y\">  ~</i> object &quot;v1/Secret/(sensitive value)&quot; {\n"
              "        <i class=\"y\">  ~</i> data = (sensitive value)\n"
              "            <i class=\"q\"># (1 unchanged attribute hidden)</i>\n"
              "        }\n"
              "    <i class=\"r\">  -</i> object &quot;v1/Secret/whole&quot; (sensitive value) <i c"
              "lass=\"q\">-&gt; null</i>\n"
              "      # (more objects are known after apply)\n");
    CHECK_HAS(text, "(5 objects: 2 to add, 1 to change, 3 to delete)");
    assert_false(has(text, "canary"));
}

UNIT_MAIN(test_report_html) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(page),           PLAN_CASE(folds_many), PLAN_CASE(stands_for_itself),
        PLAN_CASE(is_well_formed), PLAN_CASE(parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
