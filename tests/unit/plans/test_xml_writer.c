#include "xml_writer.h"

#include "unit.h"

static void document(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    XmlWriter xml = xml_writer_new(&out, arena);
    xml_writer_open(&xml, "a");
    xml_writer_attribute(&xml, "n", STR("<\"&'>\n\t"));
    xml_writer_open(&xml, "b");
    xml_writer_text(&xml, STR("]]> & \033 \xff \xef\xbf\xbe ü"));
    xml_writer_close(&xml);
    xml_writer_open(&xml, "empty");
    xml_writer_count(&xml, "count", 12);
    xml_writer_seconds(&xml, "time", 61005);
    xml_writer_close(&xml);
    xml_writer_close(&xml);
    check_str(strbuf_str(&out), "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                "<a n=\"&lt;&quot;&amp;'&gt;&#10;&#9;\">\n"
                                "  <b>]]&gt; &amp; \xef\xbf\xbd \xef\xbf\xbd \xef\xbf\xbd ü</b>\n"
                                "  <empty count=\"12\" time=\"61.005\"/>\n"
                                "</a>\n");
}

UNIT_MAIN(test_xml_writer) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
