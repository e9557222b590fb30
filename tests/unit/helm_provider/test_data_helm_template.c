/* data helm_template, with a program in the place of helm that shows how it is called. */
#include "helm_provider.h"
#include "resource_case.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Writes its arguments, its environment and its standard input. */
static const char script[] = "#!/bin/sh\n"
                             "printf '%s\\n' \"$@\"\n"
                             "env | grep -E '^(HELM|KUBE)' | sort\n"
                             "cat\n"
                             "[ ! -e fails ] || { echo 'no such value' >&2; exit 3; }\n";

static void write_file(const char *path, const char *text, mode_t mode) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}

static int begin(void **state) {
    static char directory[] = "/tmp/loam-helm-XXXXXX";
    assert_non_null(mkdtemp(directory));
    assert_int_equal(chdir(directory), 0);
    assert_int_equal(mkdir("chart", 0755), 0);
    write_file("helm", script, 0755);
    char path[100];
    assert_true(snprintf(path, sizeof path, "%s:/usr/bin:/bin", directory) < (int)sizeof path);
    setenv("PATH", path, 1);
    setenv("HELM_PLUGINS", "/nowhere", 1);
    setenv("KUBECONFIG", "/nowhere", 1);
    *state = directory;
    return 0;
}

static int end(void **state) {
    (void)state;
    return unlink("helm") || rmdir("chart") || chdir("/") || rmdir(*state);
}

static bool run(ResourceCase *c, const char *json) {
    c->state = case_config(c, json);
    return case_read(c);
}

static void test_call(void **) {
    ResourceCase c = case_open(&data_helm_template);
    check_done(&c,
               run(&c, "{\"name\":\"web\",\"chart\":\"chart\",\"values\":{\"value\":{\"a\":[1,true]"
                       "},\"type\":[\"object\",{\"a\":[\"tuple\",[\"number\",\"bool\"]]}]}}"));
    check_str(
        case_text(&c, "manifest"),
        "template\n--namespace=default\n--values=-\n--skip-tests\n--no-hooks\n--\nweb\n./chart\n"
        "HELM_NO_PLUGINS=1\nHELM_REGISTRY_CONFIG=/dev/null\nHELM_REPOSITORY_CONFIG=/dev/null\n"
        "{\"a\":[1,true]}");
    check_str(case_text(&c, "id"), "web");
    check_done(
        &c,
        run(&c, "{\"name\":\"web\",\"chart\":\"chart\",\"namespace\":\"n\",\"include_crds\":true,"
                "\"skip_tests\":false,\"no_hooks\":false,\"is_upgrade\":true,"
                "\"kube_version\":\"1.34.4\",\"api_versions\":[\"a/v1\",\"b/v1\"]}"));
    assert_true(str_starts_with(
        case_text(&c, "manifest"),
        STR("template\n--namespace=n\n--values=-\n--include-crds\n--is-upgrade\n"
            "--kube-version=1.34.4\n--api-versions=a/v1\n--api-versions=b/v1\n--\nweb\n")));
    case_close(&c);
}

static void test_failures(void **) {
    ResourceCase c = case_open(&data_helm_template);
    assert_false(run(&c, "{\"name\":\"web\",\"chart\":\"stable/web\"}"));
    assert_true(str_find(c.diags.items[0].detail, STR("No such file"), 0) != SIZE_MAX);
    assert_false(case_validate(
        &c,
        "{\"name\":\"web\",\"chart\":\"chart\",\"values\":{\"value\":\"a\",\"type\":\"string\"}}"));
    write_file("fails", "", 0644);
    assert_false(run(&c, "{\"name\":\"web\",\"chart\":\"chart\"}"));
    assert_int_equal(unlink("fails"), 0);
    Str detail = c.diags.items[c.diags.count - 1].detail;
    assert_true(str_find(detail, STR("status 3:\nno such value"), 0) != SIZE_MAX);
    setenv("PATH", "/nowhere", 1);
    assert_false(run(&c, "{\"name\":\"web\",\"chart\":\"chart\"}"));
    detail = c.diags.items[c.diags.count - 1].detail;
    assert_true(str_find(detail, STR("requires the program helm"), 0) != SIZE_MAX);
    case_close(&c);
}

UNIT_MAIN(test_data_helm_template) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
