/* The list of states that outlive their test. */
#include "suite_case.h"

typedef struct ManifestCase {
    SuiteCase *c;
    Diags diags;
} ManifestCase;

static ManifestCase open_case(void) {
    ManifestCase m = {.c = suite_case_open()};
    m.diags = diags_new(m.c->arena);
    m.c->storage = (SuiteStorage){
        .self = m.c,
        .directory = STR(".loam/test"),
        .open_document = suite_case_open_document,
    };
    return m;
}

static bool update(ManifestCase *m, const char *file, SuiteEntry entry) {
    SuiteEntries entries = {0};
    vec_push(m->c->arena, &entries, entry);
    return suite_manifest_update(&m->c->storage, &m->c->world.io, str_from_cstr(file), &entries,
                                 &m->diags);
}

static Str manifest(const ManifestCase *m) {
    Str text;
    int error = disk_real.read_file(NULL, STR(".loam/test/manifest.json"), &text, m->c->arena);
    return error ? STR("none") : text;
}

static void write_manifest(ManifestCase *m, const char *text) {
    suite_case_write(m->c, ".loam/test/manifest.json", text);
}

static SuiteEntries entries_of(ManifestCase *m, const char *file) {
    SuiteEntries entries = {0};
    assert_true(
        suite_manifest_read(&m->c->storage, str_from_cstr(file), &entries, m->c->arena, &m->diags));
    return entries;
}

/* The layout is that of Terraform, which ignores "run". */
static void layout(void **) {
    ManifestCase m = open_case();
    DiskStat stat;
    assert_int_equal(entries_of(&m, "a.tftest.hcl").count, 0);
    assert_true(update(&m, "a.tftest.hcl",
                       (SuiteEntry){STR("k"), STR("abcdEF12"), STR("one"), SUITE_REASON_ERROR}));
    assert_true(update(&m, "tests/b.tftest.hcl",
                       (SuiteEntry){STR(""), STR_EMPTY, STR_EMPTY, SUITE_REASON_SKIP}));
    check_str(manifest(&m), "{\n"
                            "  \"version\": 0,\n"
                            "  \"files\": {\n"
                            "    \"a.tftest.hcl\": {\n"
                            "      \"states\": {\n"
                            "        \"k\": {\n"
                            "          \"id\": \"abcdEF12\",\n"
                            "          \"reason\": \"error\",\n"
                            "          \"run\": \"one\"\n"
                            "        }\n"
                            "      }\n"
                            "    },\n"
                            "    \"tests/b.tftest.hcl\": {\n"
                            "      \"states\": {\n"
                            "        \"\": {\n"
                            "          \"reason\": \"skip_cleanup\"\n"
                            "        }\n"
                            "      }\n"
                            "    }\n"
                            "  }\n"
                            "}");
    assert_int_equal(disk_real.stat(NULL, STR(".loam/test/manifest.json"), &stat), 0);
    assert_int_equal(stat.mode & 0777, 0600);
    suite_case_close(m.c);
}

/* Entries of other states and files stay; the last one takes the manifest with it. */
static void changes(void **) {
    ManifestCase m = open_case();
    SuiteEntry one = {STR("1"), STR("id1"), STR("r"), SUITE_REASON_ERROR};
    SuiteEntry two = {STR("2"), STR("id2"), STR("r"), SUITE_REASON_ERROR};
    assert_true(update(&m, "a", one) && update(&m, "a", two) && update(&m, "b", one));
    two.reason = SUITE_REASON_DEPENDENCY;
    assert_true(update(&m, "a", two));
    SuiteEntries entries = entries_of(&m, "a");
    assert_int_equal(entries.count, 2);
    assert_int_equal(suite_manifest_find(&entries, STR("2"))->reason, SUITE_REASON_DEPENDENCY);
    assert_null(suite_manifest_find(&entries, STR("3")));
    one.reason = two.reason = SUITE_REASON_NONE;
    assert_true(update(&m, "a", one) && update(&m, "a", two));
    StrVec files = {0};
    assert_true(suite_manifest_files(&m.c->storage, &files, m.c->arena, &m.diags));
    assert_int_equal(files.count, 1);
    check_str(files.items[0], "b");
    assert_true(update(&m, "b", one));
    check_str(manifest(&m), "none");
    assert_int_equal(m.diags.count, 0);
    suite_case_close(m.c);
}

/* Members of other programs and unknown reasons. */
static void foreign(void **) {
    ManifestCase m = open_case();
    write_manifest(&m, "{\"x\": [1], \"version\": 0, \"files\": {\"a\": {\"y\": {}, \"states\": "
                       "{\"k\": {\"reason\": \"new\", \"z\": null, \"id\": \"i\"}, \"l\": {}}}}}");
    SuiteEntries entries = entries_of(&m, "a");
    assert_int_equal(entries.count, 2);
    check_str(entries.items[0].id, "i");
    assert_int_equal(entries.items[0].reason, SUITE_REASON_ERROR);
    assert_int_equal(entries.items[1].reason, SUITE_REASON_NONE);
    write_manifest(&m, "");
    assert_int_equal(entries_of(&m, "a").count, 0);
    suite_case_close(m.c);
}

static void damaged(void **state) {
    (void)state;
    static const char *const texts[] = {
        "{", "[]", "{\"files\": {\"a\": {\"states\": {\"k\": 1}}}}", "{\"files\": {\"a\": 1}}", "x",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        ManifestCase m = open_case();
        SuiteEntries entries = {0};
        write_manifest(&m, texts[i]);
        assert_false(suite_manifest_read(&m.c->storage, STR("a"), &entries, m.c->arena, &m.diags));
        assert_false(
            update(&m, "a", (SuiteEntry){STR("k"), STR("i"), STR("r"), SUITE_REASON_SKIP}));
        check_str(m.diags.items[0].summary, "Failed to open state manifest");
        check_str(manifest(&m), texts[i]);
        suite_case_close(m.c);
    }
}

static void ids(void **) {
    ManifestCase m = open_case();
    Str one = suite_manifest_new_id(m.c->arena);
    Str other = suite_manifest_new_id(m.c->arena);
    assert_int_equal(one.len, 8);
    assert_false(str_equal(one, other));
    suite_case_close(m.c);
}

UNIT_MAIN(test_suite_manifest) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout),  cmocka_unit_test(changes), cmocka_unit_test(foreign),
        cmocka_unit_test(damaged), cmocka_unit_test(ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
