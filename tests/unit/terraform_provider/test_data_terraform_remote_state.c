/* terraform_remote_state: outputs of a state file, with defaults, by workspace; what is refused. */
#include "resource_case.h"
#include "terraform_provider.h"

#include <unistd.h>

static const char stored[] =
    "{\"version\":4,\"terraform_version\":\"1.11.4\",\"serial\":3,\"lineage\":\"l\",\"outputs\":{"
    "\"s\":{\"value\":\"str\",\"type\":\"string\"},"
    "\"n\":{\"value\":5,\"type\":\"number\"},"
    "\"t\":{\"value\":[\"a\",true],\"type\":[\"tuple\",[\"string\",\"bool\"]]},"
    "\"sec\":{\"value\":\"hide\",\"type\":\"string\",\"sensitive\":true}},\"resources\":[]}";

typedef struct StateFolder {
    ResourceCase c;
    char path[64];
} StateFolder;

static void folder_open(StateFolder *folder) {
    folder->c = case_open(&data_terraform_remote_state);
    strncpy(folder->path, "/tmp/loam-remote-XXXXXX", sizeof folder->path);
    assert_non_null(mkdtemp(folder->path));
}

static void put(StateFolder *folder, const char *name, const char *text) {
    Str path = disk_join(str_from_cstr(folder->path), str_from_cstr(name), folder->c.arena);
    assert_int_equal(disk_real.make_folders(NULL, disk_folder_of(path), 0700), 0);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0600), 0);
}

static void folder_close(StateFolder *folder) {
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(folder->path)), 0);
    case_close(&folder->c);
}

/* `format` has one place for the folder. */
static bool look(StateFolder *folder, const char *format) {
    StrBuf text = strbuf_new(folder->c.arena);
    Str rest = str_from_cstr(format);
    size_t at = str_find(rest, STR("DIR"), 0);
    if (at != SIZE_MAX) {
        strbuf_add(&text, str_slice(rest, 0, at));
        strbuf_add_cstr(&text, folder->path);
        rest = str_after(rest, at + 3);
    }
    strbuf_add(&text, rest);
    const char *json = str_to_cstr(strbuf_str(&text), folder->c.arena);
    if (!case_validate(&folder->c, json))
        return false;
    folder->c.state = case_config(&folder->c, json);
    return case_read(&folder->c);
}

#define CONFIG(name, value)                                                                        \
    "\"backend\":\"local\",\"config\":{\"value\":{\"" name "\":\"" value                           \
    "\"},\"type\":[\"object\",{\"" name "\":\"string\"}]}"
#define DEFAULTS                                                                                   \
    "\"defaults\":{\"value\":{\"extra\":\"d\",\"s\":\"mine\"},\"type\":[\"object\",{\"extra\":"    \
    "\"string\",\"s\":\"string\"}]}"

static Value output(StateFolder *folder, const char *name) {
    Value found;
    assert_true(value_find(case_attribute(&folder->c, "outputs"), str_from_cstr(name), &found));
    return found;
}

static void test_outputs(void **state) {
    (void)state;
    StateFolder folder;
    folder_open(&folder);
    put(&folder, "r.tfstate", stored);
    check_done(&folder.c, look(&folder, "{" CONFIG("path", "DIR/r.tfstate") "}"));
    assert_int_equal(case_attribute(&folder.c, "outputs").count, 4);
    check_str(value_text(output(&folder, "s")), "str");
    check_str(value_text(output(&folder, "sec")), "hide");
    assert_int_equal(output(&folder, "t").type->kind, KIND_TUPLE);
    check_done(&folder.c, look(&folder, "{" CONFIG("path", "DIR/r.tfstate") "," DEFAULTS "}"));
    check_str(value_text(output(&folder, "s")), "str");
    check_str(value_text(output(&folder, "extra")), "d");
    folder_close(&folder);
}

static void test_workspace(void **state) {
    (void)state;
    StateFolder folder;
    folder_open(&folder);
    put(&folder, "w1/terraform.tfstate", stored);
    check_done(&folder.c,
               look(&folder, "{" CONFIG("workspace_dir", "DIR") ",\"workspace\":\"w1\"}"));
    check_str(value_text(output(&folder, "s")), "str");
    check_refused(&folder.c,
                  look(&folder, "{" CONFIG("workspace_dir", "DIR") ",\"workspace\":\"w2\"}"),
                  "Unable to find remote state");
    folder_close(&folder);
}

static void test_refused(void **state) {
    (void)state;
    static const char wrong_config[] =
        "{\"backend\":\"local\",\"config\":{\"value\":\"x\",\"type\":\"string\"}}";
    static const char wrong_defaults[] =
        "{\"backend\":\"local\",\"defaults\":{\"value\":\"x\",\"type\":\"string\"}}";
    const char *summary = "Invalid backend configuration";
    StateFolder folder;
    folder_open(&folder);
    check_refused(&folder.c, look(&folder, "{\"backend\":\"nope\"}"), summary);
    check_refused(&folder.c, look(&folder, "{" CONFIG("pathe", "x") "}"), summary);
    check_refused(&folder.c, look(&folder, wrong_config), summary);
    check_refused(&folder.c, look(&folder, wrong_defaults), "Invalid default values");
    check_refused(&folder.c, look(&folder, "{" CONFIG("path", "DIR/none.tfstate") "}"),
                  "Unable to find remote state");
    put(&folder, "broken.tfstate", "{");
    assert_false(look(&folder, "{" CONFIG("path", "DIR/broken.tfstate") "}"));
    folder_close(&folder);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_outputs),
        cmocka_unit_test(test_workspace),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
