/* Texts and directories as objects, and the lines of errors. */
#include "unit.h"

#include "json.h"
#include "manifest_files.h"

#include <unistd.h>

typedef struct ManifestCase {
    const char *text;
    const char
        *outcome; /* "KIND NAMESPACE/NAME @LINE" of each object, then the details of errors */
} ManifestCase;

static Str shown(const ManifestObjects *objects, const Diags *diags, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(objects, object) {
        strbuf_add_format(&out, "%s%.*s %.*s/%.*s @%.*s", out.len ? "; " : "",
                          STR_ARG(object->kind), STR_ARG(object->namespace), STR_ARG(object->name),
                          STR_ARG(manifest_text_place(object, (Path){0}, arena)));
    }
    for (size_t i = 0; i < diags->count; i++)
        strbuf_add_format(&out, "%s%.*s", out.len ? "; " : "", STR_ARG(diags->items[i].detail));
    return strbuf_str(&out);
}

static Str read_shown(const char *file, const char *text) {
    static Arena *kept;
    arena_close(kept);
    Arena *arena = kept = arena_open("test");
    if (!text)
        return STR_EMPTY;
    Io io = io_real();
    Call call = {.io = &io, .arena = arena};
    Diags diags = diags_new(arena);
    ManifestObjects objects = {0};
    bool is_good = manifest_text_read(&call, NO_PATH, str_from_cstr(file), str_from_cstr(text),
                                      &objects, &diags) &&
                   manifest_text_check_unique(&call, NO_PATH, &objects, &diags);
    assert_int_equal(is_good, !diags_has_errors(&diags));
    return shown(&objects, &diags, arena);
}

#define MAP(name) "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " name "}\n"

static void test_texts(void **) {
    static const ManifestCase cases[] = {
        {"", ""},
        {"# nothing\n---\n---\n", ""},
        {MAP("a") "---\n# empty\n---\n" MAP("b"), "ConfigMap /a @line 1; ConfigMap /b @line 7"},
        {"apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\n  namespace: web\n",
         "Secret web/s @line 1"},
        {"apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: "
         "p}\n"
         "- apiVersion: v1\n  kind: List\n  items:\n  - {apiVersion: v1, kind: Node, metadata: "
         "{name: no-1}}\n",
         "Pod /p @line 4; Node /no-1 @line 10"},
        {"apiVersion: v1\nkind: ConfigMapList\nitems: [{metadata: {name: a}}]\n",
         "ConfigMap /a @line 3"},
        {"kind: A\nmetadata: {name: x}", "In line 1: \"apiVersion\" is missing."},
        {"apiVersion: v1\nmetadata: {name: x}", "In line 1: \"kind\" is missing."},
        {MAP("a") "---\napiVersion: v1\nkind: Pod\nmetadata:\n  labels: {}\n",
         "ConfigMap /a @line 1; In line 7: \"metadata.name\" is missing."},
        {"apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: x-\n",
         "In line 3: \"metadata.name\" is missing. With \"generateName\", each apply would create "
         "another object."},
        {"apiVersion: v1\nkind: Pod\nmetadata:\n  name: 12\n",
         "In line 4: \"metadata.name\" must be a string. A number, or a word such as true, is one "
         "only in quotes."},
        {"apiVersion: v1\nkind: Pod\nmetadata: x\n", "In line 3: \"metadata\" must be a mapping."},
        {"[1]", "In line 1: An object must be a mapping with apiVersion, kind and metadata."},
        {MAP("a") "data:\n  k: 1\n  k: 2\n---\n" MAP("b"),
         "In line 6: the key \"k\" is already in this mapping."},
        {MAP("a") "---\n" MAP("b") "---\n" MAP("a"),
         "ConfigMap /a @line 1; ConfigMap /b @line 5; ConfigMap /a @line 9; ConfigMap \"a\" is in "
         "line 1, and again in line 9. Remove one of them."},
        {MAP("a") "data: [\n", "In line 5: did not find expected node content."},
        {"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
         "c: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\n"
         "e: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\n"
         "g: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
         "In line 1: the text has too many elements; its aliases repeat too much."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str_at(read_shown("", cases[i].text), str_from_cstr(cases[i].outcome), cases[i].text,
                     __FILE__, __LINE__);
}

#define JSON(name) "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" name "\"}}"

static void test_json(void **) {
    static const ManifestCase cases[] = {
        {JSON("a") "\n" JSON("b"), "Pod /a @\"x.json\", line 1; Pod /b @\"x.json\", line 2"},
        {"\n{\t\"items\": [\n\t\t" JSON("a") "]}", "Pod /a @\"x.json\", line 3"},
        {JSON("\\ud83d\\ude00"), "Pod /\xF0\x9F\x98\x80 @\"x.json\", line 1"},
        {"{\"a\": 1,\n\"a\": 2}",
         "In \"x.json\", line 2: the key \"a\" is already in this mapping."},
        {"{\"a\": [{\"b\": 1}, {\"b\": 2}],\n\"c\": {\"d\": 1, \"\\u0064\": 2}}",
         "In \"x.json\", line 2: the key \"d\" is already in this mapping."},
        {"{\"a\": 1\n", "In \"x.json\", line 2: unexpected end of JSON input."},
        {"{a: 1}", "In \"x.json\", line 1: invalid character 'a' looking for beginning of object "
                   "key string."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str_at(read_shown("x.json", cases[i].text), str_from_cstr(cases[i].outcome),
                     cases[i].text, __FILE__, __LINE__);
    check_str(read_shown("", "{apiVersion: v1, kind: Pod, metadata: {name: a}}"), "Pod /a @line 1");
}

static void write_file(Str directory, const char *name, const char *text, Arena *arena) {
    Str path = disk_join(directory, str_from_cstr(name), arena);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(path), 0755), 0);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0644), 0);
}

static void test_directory(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char *name = (char *)str_to_cstr(STR("/tmp/loam-test-manifests-XXXXXX"), arena);
    assert_non_null(mkdtemp(name));
    assert_int_equal(chdir(name), 0);
    Io io = io_real();
    Call call = {.io = &io, .arena = arena};
    Diags diags = diags_new(arena);
    ManifestObjects objects = {0};
    write_file(STR("m"), "b.yml", MAP("b"), arena);
    write_file(STR("m"), "a/z.json", JSON("z"), arena);
    write_file(STR("m"), "a/deep/y.yaml", "---\n" MAP("yy"), arena);
    write_file(STR("m"), "README.md", "no manifest", arena);
    write_file(STR("m"), "c.yaml", MAP("b"), arena);
    assert_true(manifest_files_read(&call, NO_PATH, STR("m"), &objects, &diags));
    assert_false(manifest_text_check_unique(&call, NO_PATH, &objects, &diags));
    check_str(
        shown(&objects, &diags, arena),
        "ConfigMap /yy @\"m/a/deep/y.yaml\", line 2; Pod /z @\"m/a/z.json\", line 1; "
        "ConfigMap /b @\"m/b.yml\", line 1; ConfigMap /b @\"m/c.yaml\", line 1; "
        "ConfigMap \"b\" is in \"m/b.yml\", line 1, and again in \"m/c.yaml\", line 1. Remove "
        "one of them.");
    diags = diags_new(arena);
    assert_true(manifest_files_read(&call, NO_PATH, STR("m/b.yml"), &objects, &diags));
    assert_false(manifest_files_read(&call, NO_PATH, STR("absent"), &objects, &diags));
    check_str(diags.items[0].detail, "\"absent\": No such file or directory.");
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(name)), 0);
}

/* 64-bit integers stay exact up to the request. */
static void test_integers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    Call call = {.io = &io, .arena = arena};
    Diags diags = diags_new(arena);
    ManifestObjects objects = {0};
    Str text = STR(MAP("a") "values: [9007199254740993, 18446744073709551615, 0777, 1e3]\n");
    assert_true(manifest_text_read(&call, NO_PATH, STR_EMPTY, text, &objects, &diags));
    check_str(json_text(objects.items[0].object, arena),
              "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},"
              "\"values\":[9007199254740993,18446744073709551615,511,1000]}");
}

static int release(void **) {
    (void)read_shown(NULL, NULL);
    return 0;
}

UNIT_MAIN(test_manifest_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_directory),
        cmocka_unit_test(test_integers),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
