#include "report_page.h"
#include "report_sample.h"

static void frame(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    plan->workspace = STR("<w>");
    ReportInput input = {.plan = plan, .title = STR("a & b"), .now_ms = 1700000000000};
    StrBuf out = strbuf_new(arena);
    report_page_open(&input, ", more", &out, arena);
    report_page_close("go();\n", &out);
    CHECK_HAS(strbuf_str(&out), "<!DOCTYPE html>", "<title>loam: a &amp; b, more</title>",
              "<h1>loam: a &amp; b, more</h1>", "2023-11-14T22:13:20Z, workspace &lt;w&gt;",
              "No changes.", "<script>\ngo();\n</script>\n</body>\n</html>\n");
}

static void messages(void **) {
    StrBuf out = strbuf_new(arena);
    report_page_add_messages(NULL, &out, arena);
    Diags none = diags_new(arena);
    report_page_add_messages(&none, &out, arena);
    assert_int_equal(out.len, 0);
    Diags *diags = sample_diags();
    diags->items[1].address = STR("t.a[\"<\"]");
    report_page_add_messages(diags, &out, arena);
    CHECK_HAS(strbuf_str(&out), "<details class=\"error\" open>", "It &lt;failed&gt;",
              "on main file.tf:2\n", "Because of &quot;x&quot;.", "<details class=\"warning\">",
              "with t.a[&quot;&lt;&quot;]\n", "Again.");
}

UNIT_MAIN(test_report_page) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(frame),
        PLAN_CASE(messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
