#include "plan_case.h"
#include "report_xml.h"

static void document(void **state) {
    (void)state;
    SCOPED(ReportXml) xml = report_xml_new();
    report_xml_open(&xml, "a");
    report_xml_attribute(&xml, "n", STR("<\"&'>\n"));
    report_xml_open(&xml, "b");
    report_xml_text(&xml, STR("]]> & \033 \xff \xef\xbf\xbe ü"));
    report_xml_close(&xml);
    report_xml_open(&xml, "empty");
    report_xml_count(&xml, "count", 12);
    report_xml_seconds(&xml, "time", 61005);
    report_xml_close(&xml);
    report_xml_close(&xml);
    StrBuf out = strbuf_new(arena);
    report_xml_finish(&xml, &out);
    check_str(strbuf_str(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<a n=\"&lt;&quot;&amp;'&gt;&#10;\">\n"
                                "  <b>]]&gt; &amp; \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd ü</b>\n"
                                "  <empty count=\"12\" time=\"61.005\"/>\n"
                                "</a>\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
