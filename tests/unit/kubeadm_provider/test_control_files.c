/* control_files: paths, lines for the machine, and volumes of components. */
#include "control_files.h"
#include "kubeadm_provider.h"
#include "nested_list.h"
#include "object_builder.h"
#include "resource_case.h"

static void test_paths(void **) {
    static const struct {
        const char *key;
        bool is_good;
    } rows[] = {
        {"audit.yaml", true}, {"a/b_c/d-1.conf", true}, {"", false},     {"/a", false},
        {"a/", false},        {"a//b", false},          {"../a", false}, {"a/../b", false},
        {".a", false},        {"a/.loam.x", false},     {"a b", false},  {"a\nb", false},
        {"a'b", false},
    };
    ResourceCase c = case_open(&kubeadm_init);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str key, text = json_text(value_from_cstr(rows[i].key), c.arena);
        Str json = str_format(c.arena, "{\"files\":{%.*s:{\"content\":\"x\"}}}", STR_ARG(text));
        Value object = case_config(&c, str_to_cstr(json, c.arena));
        Str problem = control_files_check(object_attribute(object, "files"), &key, c.arena);
        if ((problem.len == 0) != rows[i].is_good)
            fail_msg("%s: %.*s", rows[i].key, STR_ARG(problem));
        /* A text that breaks lines or quotes must not reach the machine. */
        assert_true(rows[i].is_good || !c.diags.error_count);
    }
    case_close(&c);
}

static void test_lines(void **) {
    ResourceCase c = case_open(&kubeadm_init);
    Value object = case_config(&c, "{\"files\":{\"b\":{\"content\":\"two\\n\",\"mode\":\"0644\"},"
                                   "\"a\":{\"content\":\"\"}}}");
    check_str(control_files_lines(object_attribute(object, "files"), (Value){0}, c.arena),
              "a 0600 \nb 0644 dHdvCg==\n");
    check_str(control_files_lines(value_null(&TYPE_DYNAMIC), (Value){0}, c.arena), "");
    case_close(&c);
}

/* The state does not have such contents: they come from the configuration of the apply. */
static void test_write_only(void **) {
    ResourceCase c = case_open(&kubeadm_init);
    Value config = object_attribute(
        case_config(&c, "{\"files\":{\"a\":{\"content_wo\":\"one\",\"content_wo_version\":1},"
                        "\"b\":{\"content\":\"two\"}}}"),
        "files");
    Value stored = object_attribute(
        case_config(&c, "{\"files\":{\"a\":{\"content_wo_version\":1},\"b\":{\"content\":"
                        "\"two\"}}}"),
        "files");
    StrVec missing = control_files_missing(stored, (Value){0}, c.arena);
    assert_int_equal(missing.count, 1);
    check_str(missing.items[0], "a");
    Value contents = control_files_contents(config, c.arena);
    assert_int_equal(control_files_missing(stored, contents, c.arena).count, 0);
    check_str(control_files_lines(stored, contents, c.arena), "a 0600 b25l\nb 0600 dHdv\n");
    assert_int_equal(control_files_contents(value_null(&TYPE_DYNAMIC), c.arena).count, 0);
    case_close(&c);
}

#define TOP "/etc/kubernetes/loam/"

static void test_volumes(void **) {
    static const struct {
        const char *server;
        size_t volumes; /* of the files "a" and "d/b" */
        bool is_used;
    } rows[] = {
        {"\"extra_args\":[]", 0, false},
        {"\"extra_args\":[{\"name\":\"x\",\"value\":\"/etc/a\"}]", 0, false},
        {"\"extra_args\":[{\"name\":\"x\",\"value\":\"" TOP "a\"}]", 1, true},
        {"\"extra_args\":[{\"name\":\"x\",\"value\":\"" TOP "a," TOP "d/b\"}]", 2, true},
        {"\"extra_args\":[{\"name\":\"x\",\"value\":\"" TOP "other\"}]", 0, true},
        {"\"extra_args\":[{\"name\":\"x\",\"value\":\"" TOP "a\"}],\"extra_volumes\":[{\"name\":"
         "\"v\",\"host_path\":\"/etc/kubernetes/loam\",\"mount_path\":\"/etc/kubernetes/loam\"}]",
         0, true},
        {"\"extra_volumes\":[{\"name\":\"v\",\"host_path\":\"" TOP "d\",\"mount_path\":\"/x\"}]", 0,
         true},
        {"\"extra_volumes\":[{\"name\":\"v\",\"host_path\":\"/etc/ssl\",\"mount_path\":\"/x\"}]", 0,
         false},
    };
    ResourceCase c = case_open(&kubeadm_init);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str json = str_format(c.arena,
                              "{\"files\":{\"a\":{\"content\":\"1\"},\"d/b\":{\"content\":\"2\"}},"
                              "\"cluster\":{\"api_server\":{%s}}}",
                              rows[i].server);
        Value object = case_config(&c, str_to_cstr(json, c.arena));
        Value server =
            object_nested(object_nested(object, "cluster", c.arena), "api_server", c.arena);
        Value found = control_files_volumes(object_attribute(object, "files"), server, c.arena);
        assert_int_equal(found.count, rows[i].volumes);
        assert_int_equal(control_files_are_used(server, c.arena), rows[i].is_used);
        for (size_t k = 0; k < found.count; k++) {
            Value one = value_at(found, k);
            check_str(object_text(one, "host_path", STR_EMPTY), k ? TOP "d/b" : TOP "a");
            check_str(object_text(one, "path_type", STR_EMPTY), "File");
            assert_true(object_bool(one, "read_only", false));
            assert_true(control_files_is_volume(object_text(one, "name", STR_EMPTY)));
        }
    }
    assert_false(control_files_is_volume(STR("loam-x")));
    case_close(&c);
}

UNIT_MAIN(test_control_files) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_write_only),
        cmocka_unit_test(test_volumes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
