/* XML written and read. */
#include "xml.h"

#include "unit.h"

static void test_escapes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(XmlDoc) doc = xml_new("a");
    xml_set(xml_root(&doc), "x", STR("\"<&>'"));
    xml_add_text(xml_root(&doc), "b", STR("<c/>&amp;"));
    const char *text = xml_print(&doc, arena);
    SCOPED(XmlDoc) again = {0};
    assert_true(xml_parse(text, &again));
    check_str(xml_get(xml_root(&again), "@x", arena), "\"<&>'");
    check_str(xml_get(xml_root(&again), "b", arena), "<c/>&amp;");
    assert_null(xml_find(xml_root(&again), "b/c"));
}

static void test_lookups(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(XmlDoc) doc = {0};
    assert_true(xml_parse("<d> <n>12</n><e k='1'/><e k='2'>t</e> </d>", &doc));
    xmlNodePtr root = xml_root(&doc);
    assert_int_equal(xml_get_int(root, "n", 0), 12);
    assert_int_equal(xml_get_int(root, "none", 7), 7);
    assert_int_equal(xml_find_all(root, "e", arena).count, 2);
    check_str(xml_get(root, "e[@k='2']", arena), "t");
    check_str(xml_get(root, "none", arena), "");
    assert_ptr_equal(xml_need(root, "n"), xml_find(root, "n"));
    xml_set_text(xml_need(root, "fresh"), STR("v"));
    check_str(xml_get(root, "fresh", arena), "v");
    SCOPED(XmlDoc) bad = {0};
    assert_false(xml_parse("<d>", &bad));
    assert_false(xml_take(NULL, &bad));
}

static void test_namespace(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(XmlDoc) doc = xml_new("metadata");
    xmlNodePtr owner = xml_add(xml_root(&doc), "owner");
    xml_set_namespace(owner, "urn:loam:1", "loam");
    check_str(str_from_cstr(xml_print(&doc, arena)),
              "<metadata>\n  <loam:owner xmlns:loam=\"urn:loam:1\"/>\n</metadata>");
}

/* Elements by local names, whatever their namespaces, and text that is blank. */
static void test_local_names(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(XmlDoc) doc = {0};
    assert_true(
        xml_read(STR("<r xmlns='urn:x'><a>1</a><b/><a> </a><s:a xmlns:s='urn:y'/></r>"), &doc));
    xmlNodePtr root = xml_root(&doc);
    assert_non_null(xml_find(root, "self::*[local-name()='r']"));
    assert_null(xml_find(root, "self::*[local-name()='a']"));
    assert_int_equal(xml_find_all(root, "*[local-name()='a']", arena).count, 3);
    assert_null(xml_find(root, "*[local-name()='none']"));
    check_str(xml_get(root, "*[local-name()='a']", arena), "1");
    check_str(xml_get(root, "*[local-name()='none']", arena), "");
    SCOPED(XmlDoc) blank = {0};
    assert_true(xml_read(STR("<r><a> </a></r>"), &blank));
    check_str(xml_get(xml_root(&blank), "a", arena), " ");
}

static void test_no_xml(void **) {
    static const char *const cases[] = {"", " ", "x", "<a>", "<a></b>", "<a/><b/>", "<a b/>"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(XmlDoc) doc = {0};
        if (xml_read(str_from_cstr(cases[i]), &doc))
            fail_msg("%s taken", cases[i]);
    }
}

UNIT_MAIN(test_xml) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escapes),   cmocka_unit_test(test_lookups),
        cmocka_unit_test(test_namespace), cmocka_unit_test(test_local_names),
        cmocka_unit_test(test_no_xml),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
