/* Pools. */
#include "libvirt_case.h"

static ResourceCase open_pool(const char *uri) {
    return libvirt_case_open(&libvirt_pool, uri, STR("libvirt_pool.p"));
}

static void test_lifecycle(void **) {
    ResourceCase c = open_pool(TEST_DRIVER);
    libvirt_case_create(&c, "{\"name\":\"p1\",\"path\":\"/p1\"}");
    check_str(case_text(&c, "type"), "dir");
    assert_true(value_is_true(case_attribute(&c, "running")));
    assert_true(value_is_true(case_attribute(&c, "autostart")));
    assert_int_equal(case_text(&c, "id").len, 36);
    libvirt_case_update(&c,
                        "{\"name\":\"p1\",\"path\":\"/p1\",\"autostart\":false,\"running\":false}");
    assert_false(value_is_true(case_attribute(&c, "running")));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_drift(void **) {
    ResourceCase c = open_pool(TEST_DRIVER);
    const char *json = "{\"name\":\"p2\",\"path\":\"/p2/\"}";
    libvirt_case_create(&c, json);
    virConnectPtr connection = libvirt_case_connect(&c);
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, "p2");
    assert_int_equal(virStoragePoolDestroy(pool), 0);
    check_done(&c, case_read(&c));
    assert_false(value_is_true(case_attribute(&c, "running")));
    check_done(&c, case_apply(&c, json));
    assert_int_equal(virStoragePoolIsActive(pool), 1);
    virStoragePoolFree(pool);
    virConnectClose(connection);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_foreign_name(void **state) {
    (void)state;
    ResourceCase c = open_pool(TEST_DRIVER);
    check_refused(&c, case_apply(&c, "{\"name\":\"default-pool\",\"path\":\"/x\"}"),
                  "The pool \"default-pool\" already exists");
    assert_true(value_is_null(c.state));
    libvirt_case_close(&c);
}

static void test_recover(void **state) {
    (void)state;
    const char *json = "{\"name\":\"p3\",\"path\":\"/p3\"}";
    RecoverOutcome outcome;
    ResourceCase c = open_pool(TEST_DRIVER);
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_done(&c, case_apply(&c, json));
    Value made = c.state;
    check_done(&c, case_recover(&c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_equal(made, c.state));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = open_pool(TEST_DRIVER);
    check_done(&c, case_import(&c, STR("default-pool")));
    check_str(case_text(&c, "name"), "default-pool");
    check_str(case_text(&c, "path"), "/default-pool");
    check_str(case_text(&c, "on_delete"), "undefine");
    check_refused(&c, case_import(&c, STR("none")), "No pool \"none\"");
    libvirt_case_close(&c);
}

static void test_unreachable(void **) {
    ResourceCase c = open_pool("qemu:///system?socket=/nonexistent/libvirt-sock");
    check_refused(&c, case_apply(&c, "{\"name\":\"p\",\"path\":\"/p\"}"),
                  "Cannot connect to \"qemu:///system?socket=/nonexistent/libvirt-sock\"");
    assert_true(str_find(c.diags.items[0].detail, STR("Start libvirt on the host"), 0) != SIZE_MAX);
    libvirt_case_close(&c);
}

static void test_directory_on_delete(void **) {
    ResourceCase c = open_pool(libvirt_case_host());
    char directory[] = "/tmp/loam-pool-XXXXXX";
    assert_non_null(mkdtemp(directory));
    Str path = str_format(c.arena, "%s/pool", directory);
    const char *json = str_to_cstr(
        str_format(c.arena,
                   "{\"name\":\"loam-p\",\"path\":\"%.*s\",\"on_delete\":\"delete_empty\"}",
                   STR_ARG(path)),
        c.arena);
    libvirt_case_create(&c, json);
    assert_true(disk_exists(c.io.disk, path));
    libvirt_case_delete(&c);
    assert_false(disk_exists(c.io.disk, path));
    assert_int_equal(c.io.disk->remove(c.io.disk->self, str_from_cstr(directory)), 0);
    libvirt_case_close(&c);
}

UNIT_MAIN(test_libvirt_pool) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_foreign_name),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_directory_on_delete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
