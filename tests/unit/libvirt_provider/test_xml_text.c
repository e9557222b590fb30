/* Texts that libvirt's XML would change are refused, in every type that is written as XML. */
#include "unit.h"

#include "libvirt_provider.h"
#include "xml_map.h"
#include "xml_text.h"

static const Attribute element = {"element", &TYPE_STRING, OPTIONAL, "…",
                                  .binding = XML("a[@b='c']/d")};
static const Attribute in_tag = {"attribute", &TYPE_STRING, OPTIONAL, "…", .binding = XML("a/@b")};
static const Attribute states = {"states", &TYPE_MAP_OF_STRING, OPTIONAL, "…",
                                 .binding = XML_AS("hyperv", XML_STATES)};
static const Attribute entries = {"entries", &TYPE_MAP_OF_STRING, OPTIONAL, "…",
                                  .binding = XML_AS("bios/entry", XML_ENTRIES)};
static const Attribute unbound = {"unbound", &TYPE_STRING, OPTIONAL, "…"};
static const Attribute secret = {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "…"};

static void characters_by_place(void **) {
    static const struct {
        const Attribute *attribute;
        const char *text;
        bool is_key;
        const char *wrong; /* a part of the error; NULL: accepted */
    } cases[] = {
        {&element, "a<b>&\"'é😀", false, NULL},
        {&element, "two\nlines\tand a tab", false, NULL},
        {&element, "a\rb", false, "U+000D"},
        {&element, "a\x1b[0m", false, "U+001B"},
        {&element, "\xef\xbf\xbf", false, "U+FFFF"},
        {&in_tag, "a<b>&\"'é😀", false, NULL},
        {&in_tag, "a\nb", false, "line break"},
        {&in_tag, "a\tb", false, "tab"},
        {&in_tag, "\x01", false, "U+0001"},
        {&states, "relaxed", true, NULL},
        {&states, "on\n", false, NULL},
        {&states, "x><evil/", true, "name of an XML element"},
        {&states, "", true, "name of an XML element"},
        {&states, "1a", true, "name of an XML element"},
        {&entries, "serial<>", true, NULL},
        {&entries, "a\nb", true, "line break"},
        {&unbound, "two\nlines", false, NULL},
        {&unbound, "a\x02", false, "U+0002"},
        {&secret, "a\x02\r\n", false, NULL},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str wrong = xml_text_check(cases[i].attribute, str_from_cstr(cases[i].text),
                                   cases[i].is_key, arena);
        if (!cases[i].wrong)
            check_str(wrong, "");
        else
            assert_true(str_find(wrong, str_from_cstr(cases[i].wrong), 0) != SIZE_MAX);
    }
}

static bool is_bound(const Attribute *row) {
    return row->binding != NULL;
}

static void every_type_is_checked(void **) {
    size_t count = 0;
    for (size_t i = 0; i < libvirt_provider.type_count; i++) {
        const ObjectType *type = libvirt_provider.types[i];
        if (type->mode != MODE_MANAGED || !schema_has(&type->schema, is_bound))
            continue;
        if (!type->schema.text_check)
            fail_msg("%s has no text_check", type->name);
        count++;
    }
    assert_true(count >= 5);
}

UNIT_MAIN(test_xml_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_by_place),
        cmocka_unit_test(every_type_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
