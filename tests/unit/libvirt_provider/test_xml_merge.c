/* Fragments that a configuration merges into a description, and their removal. */
#include "xml_merge.h"

#include "json.h"
#include "unit.h"

static const Attribute attributes[] = {XML_MERGE_ROW};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static Value object_of(const char *items, Arena *arena) {
    Str text = str_format(arena, "{\"xml_merge\":[%s]}", items);
    JsonReader reader = json_reader_new(text, arena);
    const char *error = NULL;
    Value value;
    assert_true(json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &value,
                                &error, arena));
    return value;
}

typedef struct MergeCase {
    const char *before, *items, *after, *reverted;
} MergeCase;

#define ITEM(path, xml, mode) "{\"path\":\"" path "\",\"xml\":\"" xml "\",\"mode\":\"" mode "\"}"

/* clang-format off */
static const MergeCase cases[] = {
    {"<d><a k=\"1\"/></d>", ITEM(".", "<a m='2'/>", "merge"),       "<d><a k=\"1\" m=\"2\"/></d>",       "<d><a k=\"1\"/></d>"},
    {"<d/>",                ITEM("x", "<a m='2'><b/></a>", "merge"), "<d><x><a m=\"2\"><b/></a></x></d>", "<d><x/></d>"},
    {"<d><a/></d>",         ITEM(".", "<a>t</a>", "append"),        "<d><a/><a>t</a></d>",               "<d><a/></d>"},
    {"<d><a>t</a></d>",     ITEM(".", "<a>t</a>", "append"),        "<d><a>t</a></d>",                   "<d/>"},
    {"<d><a k=\"1\"/><a k=\"2\"/></d>", ITEM(".", "<a k='2'/>", "remove"), "<d><a k=\"1\"/></d>",        "<d><a k=\"1\"/></d>"},
};
/* clang-format on */

/* Returns the document without its indentation. */
static Str flat(const XmlDoc *doc, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    for (const char *at = xml_print(doc, arena); *at; at++) {
        if (*at == '\n')
            while (at[1] == ' ')
                at++;
        else
            strbuf_add_char(&out, *at);
    }
    return strbuf_str(&out);
}

static void test_merge(void **) {
    SCOPED(ArenaRef) arena = arena_open("merge");
    Value none = object_of("", arena);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(XmlDoc) doc = {0};
        Value planned = object_of(cases[i].items, arena);
        assert_true(xml_parse(cases[i].before, &doc));
        xml_merge_edit(none, planned, xml_root(&doc), arena);
        check_str(flat(&doc, arena), cases[i].after);
        ObjectBuilder builder = object_builder_of(planned, arena);
        xml_merge_read(&builder, planned, xml_root(&doc), arena);
        assert_true(value_equal(object_builder_value(&builder), planned));
        xml_merge_edit(planned, none, xml_root(&doc), arena);
        check_str(flat(&doc, arena), cases[i].reverted);
    }
}

/* A fragment that another program removed is missing from the state. */
static void test_drift(void **) {
    SCOPED(ArenaRef) arena = arena_open("merge");
    SCOPED(XmlDoc) doc = {0};
    Value planned = object_of(ITEM(".", "<a m='2'/>", "merge"), arena);
    assert_true(xml_parse("<d><a m=\"3\"/></d>", &doc));
    ObjectBuilder builder = object_builder_of(planned, arena);
    xml_merge_read(&builder, planned, xml_root(&doc), arena);
    assert_int_equal(object_attribute(object_builder_value(&builder), "xml_merge").count, 0);
}

UNIT_MAIN(test_xml_merge) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_drift),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
