/* Places below an element: found, added with the elements around them, and removed with those that
 * become empty. */
#include "xml_path.h"

#include "unit.h"

typedef struct PathCase {
    const char *before, *path, *value, *after;
} PathCase;

/* clang-format off */
static const PathCase cases[] = {
    {"<d/>",                                  "a",                     "x", "<d><a>x</a></d>"},
    {"<d/>",                                  "a/b/@c",                "x", "<d><a><b c=\"x\"/></a></d>"},
    {"<d><a><b c=\"x\"/></a></d>",            "a/b/@c",                "",  "<d/>"},
    {"<d><a k=\"1\"><b c=\"x\"/></a></d>",    "a/b/@c",                "",  "<d><a k=\"1\"/></d>"},
    {"<d><a><b c=\"x\" e=\"y\"/></a></d>",    "a/b/@c",                "",  "<d><a><b e=\"y\"/></a></d>"},
    {"<d><a t=\"1\"/></d>",                   "a[@t='2']/b",           "x", "<d><a t=\"1\"/><a t=\"2\"><b>x</b></a></d>"},
    {"<d><a t=\"2\"><b>x</b></a></d>",        "a[@t='2']/b",           "",  "<d/>"},
    {"<d><a e=\"1\"/></d>",                   "a!/@e",                 "",  "<d><a/></d>"},
    {"<d><a n=\"x/y\" f=\"1\"/></d>",         "a[@n='x/y']/@f",        "2", "<d><a n=\"x/y\" f=\"2\"/></d>"},
    {"<d/>",                                  "@c",                    "x", "<d c=\"x\"/>"},
    {"<d/>",                                  "qemu:a/qemu:b/@v",      "x", "<d xmlns:qemu=\"http://libvirt.org/schemas/domain/qemu/1.0\"><qemu:a><qemu:b v=\"x\"/></qemu:a></d>"},
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

static void test_set(void **) {
    SCOPED(ArenaRef) arena = arena_open("path");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(XmlDoc) doc = {0};
        assert_true(xml_parse(cases[i].before, &doc));
        xml_path_set(xml_root(&doc), cases[i].path, str_from_cstr(cases[i].value));
        check_str(flat(&doc, arena), cases[i].after);
        check_str(xml_path_get(xml_root(&doc), cases[i].path, arena), cases[i].value);
    }
}

static void test_all(void **) {
    SCOPED(ArenaRef) arena = arena_open("path");
    SCOPED(XmlDoc) doc = {0};
    assert_true(xml_parse("<d><a><b n=\"1\"/><c/><b n=\"2\"/></a><a><b n=\"3\"/></a></d>", &doc));
    xmlNodePtr root = xml_root(&doc);
    assert_int_equal(xml_path_all(root, "a/b", arena).count, 2);
    assert_int_equal(xml_path_all(root, "a/b[@n='2']", arena).count, 1);
    assert_int_equal(xml_path_all(root, "none/b", arena).count, 0);
    assert_ptr_equal(xml_path_find(root, "."), root);
    assert_null(xml_path_find(root, "a/none"));
    (void)xml_path_add(root, "a/b");
    assert_int_equal(xml_path_all(root, "a/b", arena).count, 3);
    xml_path_remove(root, "a");
    assert_int_equal(xml_path_all(root, "a/b", arena).count, 1);
}

UNIT_MAIN(test_xml_path) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set),
        cmocka_unit_test(test_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
