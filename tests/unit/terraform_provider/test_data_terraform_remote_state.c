/* terraform_remote_state: outputs of a state file, with defaults, by workspace; errors. */
#include "resource_case.h"
#include "terraform_provider.h"

#include <unistd.h>

static const char stored[] =
    "{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":3,\"lineage\":\"l\",\"outputs\":{"
    "\"s\":{\"value\":\"str\",\"type\":\"string\"},"
    "\"n\":{\"value\":5,\"type\":\"number\"},"
    "\"t\":{\"value\":[\"a\",true],\"type\":[\"tuple\",[\"string\",\"bool\"]]},"
    "\"sec\":{\"value\":\"hide\",\"type\":\"string\",\"sensitive\":true}},\"resources\":[]}";

typedef struct StateDirectory {
    ResourceCase c;
    char path[64];
} StateDirectory;

static void directory_open(StateDirectory *directory) {
    directory->c = case_open(&data_terraform_remote_state);
    strncpy(directory->path, "/tmp/loam-remote-XXXXXX", sizeof directory->path);
    assert_non_null(mkdtemp(directory->path));
}

static void put(StateDirectory *directory, const char *name, const char *text) {
    Str path = disk_join(str_from_cstr(directory->path), str_from_cstr(name), directory->c.arena);
    assert_int_equal(disk_real.make_directories(NULL, disk_directory_of(path), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0600), 0);
}

static void directory_close(StateDirectory *directory) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(directory->path)), 0);
    case_close(&directory->c);
}

/* `format` has one conversion, for the directory. */
static bool look(StateDirectory *directory, const char *format) {
    StrBuf text = strbuf_new(directory->c.arena);
    Str rest = str_from_cstr(format);
    size_t at = str_find(rest, STR("DIR"), 0);
    if (at != SIZE_MAX) {
        strbuf_add(&text, str_slice(rest, 0, at));
        strbuf_add_cstr(&text, directory->path);
        rest = str_after(rest, at + 3);
    }
    strbuf_add(&text, rest);
    const char *json = str_to_cstr(strbuf_str(&text), directory->c.arena);
    if (!case_validate(&directory->c, json))
        return false;
    directory->c.state = case_config(&directory->c, json);
    return case_read(&directory->c);
}

#define CONFIG(name, value)                                                                        \
    "\"backend\":\"local\",\"config\":{\"value\":{\"" name "\":\"" value                           \
    "\"},\"type\":[\"object\",{\"" name "\":\"string\"}]}"
#define DEFAULTS                                                                                   \
    "\"defaults\":{\"value\":{\"extra\":\"d\",\"s\":\"mine\"},\"type\":[\"object\",{\"extra\":"    \
    "\"string\",\"s\":\"string\"}]}"

static Value output(StateDirectory *directory, const char *name) {
    Value found;
    assert_true(value_find(case_attribute(&directory->c, "outputs"), str_from_cstr(name), &found));
    return found;
}

static void test_outputs(void **) {
    StateDirectory directory;
    directory_open(&directory);
    put(&directory, "r.tfstate", stored);
    check_done(&directory.c, look(&directory, "{" CONFIG("path", "DIR/r.tfstate") "}"));
    assert_int_equal(case_attribute(&directory.c, "outputs").count, 4);
    check_str(value_text(output(&directory, "s")), "str");
    check_str(value_text(output(&directory, "sec")), "hide");
    assert_int_equal(output(&directory, "t").type->kind, KIND_TUPLE);
    check_done(&directory.c,
               look(&directory, "{" CONFIG("path", "DIR/r.tfstate") "," DEFAULTS "}"));
    check_str(value_text(output(&directory, "s")), "str");
    check_str(value_text(output(&directory, "extra")), "d");
    directory_close(&directory);
}

static void test_workspace(void **state) {
    (void)state;
    StateDirectory directory;
    directory_open(&directory);
    put(&directory, "w1/terraform.tfstate", stored);
    check_done(&directory.c,
               look(&directory, "{" CONFIG("workspace_dir", "DIR") ",\"workspace\":\"w1\"}"));
    check_str(value_text(output(&directory, "s")), "str");
    check_refused(&directory.c,
                  look(&directory, "{" CONFIG("workspace_dir", "DIR") ",\"workspace\":\"w2\"}"),
                  "Unable to find remote state");
    directory_close(&directory);
}

static void test_refused(void **state) {
    (void)state;
    static const char wrong_config[] =
        "{\"backend\":\"local\",\"config\":{\"value\":\"x\",\"type\":\"string\"}}";
    static const char wrong_defaults[] =
        "{\"backend\":\"local\",\"defaults\":{\"value\":\"x\",\"type\":\"string\"}}";
    const char *summary = "Invalid backend configuration";
    StateDirectory directory;
    directory_open(&directory);
    check_refused(&directory.c, look(&directory, "{\"backend\":\"nope\"}"), summary);
    check_refused(&directory.c, look(&directory, "{" CONFIG("pathe", "x") "}"), summary);
    check_refused(&directory.c, look(&directory, wrong_config), summary);
    check_refused(&directory.c, look(&directory, wrong_defaults), "Invalid default values");
    check_refused(&directory.c, look(&directory, "{" CONFIG("path", "DIR/none.tfstate") "}"),
                  "Unable to find remote state");
    put(&directory, "broken.tfstate", "{");
    assert_false(look(&directory, "{" CONFIG("path", "DIR/broken.tfstate") "}"));
    directory_close(&directory);
}

UNIT_MAIN(test_data_terraform_remote_state) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
