/* cloud-init seeds on a host. */
#include "libvirt_case.h"
#include "seed_files.h"

#define SEED(name, rest)                                                                           \
    "{\"name\":\"" name "\",\"user_data\":\"#cloud-config\\nhostname: a\\n\",\"meta_data\":{"      \
    "\"value\":{\"instance-id\":\"a\"},\"type\":[\"object\",{\"instance-id\":\"string\"}]}" rest   \
    "}"

static ResourceCase open_seed(const char *uri) {
    return libvirt_case_open(&libvirt_cloudinit_disk, uri, STR("libvirt_cloudinit_disk.s"));
}

static void test_validate(void **) {
    static const struct {
        const char *json;
        bool is_valid;
    } cases[] = {
        {"{\"name\":\"s\"}", true},
        {"{\"name\":\"s\",\"user_data\":\"#!/bin/sh\\n\"}", true},
        {"{\"name\":\"s\",\"user_data\":\"hostname: a\\n\"}", false},
        {"{\"name\":\"s\",\"user_data\":\"\\n#cloud-config\\n\"}", false},
        {"{\"name\":\"s\",\"user_data\":\"\\ufeff#cloud-config\\n\"}", false},
        {"{\"name\":\"s\",\"kind\":\"directory\"}", true},
        {"{\"name\":\"s\",\"kind\":\"folder\"}", true},
        {"{\"name\":\"s\",\"kind\":\"vfat\"}", false},
        {"{\"name\":\"s\",\"meta_data\":{\"value\":1,\"type\":\"number\"}}", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_seed(TEST_DRIVER);
        if (case_validate(&c, cases[i].json) != cases[i].is_valid)
            fail_msg("%s", cases[i].json);
        libvirt_case_close(&c);
    }
}

/* cloud-init ignores a network configuration without a version. */
static void test_validate_network(void **) {
    static const struct {
        const char *value;
        const char *type;
        bool is_valid;
    } cases[] = {
        {"\"\"", "\"string\"", true},
        {"\"version: 2\\n\"", "\"string\"", true},
        {"\"ethernets: {}\\n\"", "\"string\"", false},
        {"{\"version\":2}", "[\"object\",{\"version\":\"number\"}]", true},
        {"{\"ethernets\":\"a\"}", "[\"object\",{\"ethernets\":\"string\"}]", false},
        {"[\"version\"]", "[\"tuple\",[\"string\"]]", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_seed(TEST_DRIVER);
        Str json =
            str_format(c.arena, "{\"name\":\"s\",\"network_config\":{\"value\":%s,\"type\":%s}}",
                       cases[i].value, cases[i].type);
        if (case_validate(&c, str_to_cstr(json, c.arena)) != cases[i].is_valid)
            fail_msg("%s", cases[i].value);
        libvirt_case_close(&c);
    }
}

static void test_digest_is_known_before(void **) {
    ResourceCase c = open_seed(TEST_DRIVER);
    check_done(&c, case_plan(&c, SEED("s", "")));
    assert_false(case_is_planned_unknown(&c, "id"));
    assert_true(case_is_planned_unknown(&c, "volume_id"));
    assert_false(case_is_planned_unknown(&c, "folder_id"));
    libvirt_case_close(&c);
}

/* A pool for the seeds, in a temporary directory. */
typedef struct Place {
    ResourceCase pool;
    const char *directory;
} Place;

static Place place_open(const char *uri) {
    ResourceCase pool = libvirt_case_open(&libvirt_pool, uri, STR("libvirt_pool.seeds"));
    char *directory = arena_alloc(pool.arena, 64);
    memcpy(directory, "/tmp/loam-seed-XXXXXX", 22);
    assert_non_null(mkdtemp(directory));
    Place place = {.pool = pool, .directory = directory};
    libvirt_case_create(
        &place.pool,
        str_to_cstr(str_format(pool.arena,
                               "{\"name\":\"loam-seeds\",\"path\":\"%s/pool\",\"on_delete\":"
                               "\"delete_all\"}",
                               directory),
                    pool.arena));
    return place;
}

static void place_close(Place *place) {
    libvirt_case_delete(&place->pool);
    const Disk *disk = place->pool.io.disk;
    assert_int_equal(disk->remove(disk->self, str_from_cstr(place->directory)), 0);
    libvirt_case_close(&place->pool);
}

static void test_image(void **) {
    const char *uri = libvirt_case_host();
    Place place = place_open(uri);
    ResourceCase c = open_seed(uri);
    const Disk *disk = c.io.disk;
    libvirt_case_create(&c, SEED("s", ",\"pool\":\"loam-seeds\""));
    Str image = STR_EMPTY;
    SeedFiles files = {0};
    Str content = STR_EMPTY;
    assert_int_equal(disk->read_file(disk->self, case_text(&c, "path"), &image, c.arena), 0);
    assert_true(seed_files_from_iso(image, &files, c.arena));
    assert_true(seed_files_find(&files, STR("meta-data"), &content));
    check_str(content, "instance-id: \"a\"\n");
    check_str_equal(case_text(&c, "id"), seed_files_digest(&files, c.arena));
    /* Another program changes the bytes. */
    assert_int_equal(
        disk->write_file(disk->self, case_text(&c, "path"), STR("something else"), 0600), 0);
    check_done(&c, case_read(&c));
    assert_false(case_is_settled(&c, SEED("s", ",\"pool\":\"loam-seeds\"")));
    assert_true(c.plan.requires_replace.count > 0);
    check_done(&c, case_apply(&c, SEED("s", ",\"pool\":\"loam-seeds\"")));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

static void test_recover(void **state) {
    (void)state;
    const char *uri = libvirt_case_host();
    const char *json = SEED("r", ",\"pool\":\"loam-seeds\"");
    Place place = place_open(uri);
    ResourceCase c = open_seed(uri);
    check_done(&c, case_plan(&c, json));
    RecoverRequest request = {
        .marker = case_marker(&c, c.plan.planned),
        .planned = c.plan.planned,
    };
    check_done(&c, case_apply(&c, json));
    RecoverOutcome outcome;
    Value found = value_null(c.state.type);
    check_done(&c, case_call_recover(&c, &request, &outcome, &found));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_equal(found, c.state));
    const Disk *disk = c.io.disk;
    assert_int_equal(disk->write_file(disk->self, case_text(&c, "path"), STR("half"), 0600), 0);
    check_done(&c, case_call_recover(&c, &request, &outcome, &found));
    assert_int_equal(outcome, RECOVER_TAINTED);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

static void test_directory(void **state) {
    (void)state;
    const char *uri = libvirt_case_host();
    const char *json = SEED("f", ",\"kind\":\"directory\",\"pool\":\"loam-seeds\"");
    Place place = place_open(uri);
    ResourceCase c = open_seed(uri);
    const Disk *disk = c.io.disk;
    libvirt_case_create(&c, json);
    Str content = STR_EMPTY;
    Str file = disk_join(case_text(&c, "path"), STR("user-data"), c.arena);
    assert_int_equal(disk->read_file(disk->self, file, &content, c.arena), 0);
    check_str(content, "#cloud-config\nhostname: a\n");
    assert_true(value_is_null(case_attribute(&c, "volume_id")));
    assert_int_equal(disk->write_file(disk->self, file, STR("#cloud-config\n"), 0600), 0);
    check_done(&c, case_read(&c));
    assert_false(case_is_settled(&c, json));
    check_done(&c, case_apply(&c, json));
    assert_int_equal(disk->read_file(disk->self, file, &content, c.arena), 0);
    check_str(content, "#cloud-config\nhostname: a\n");
    Str directory = case_text(&c, "path");
    /* Another user undefined the pool, but its files are still there and are used again. */
    virConnectPtr connection = libvirt_case_connect(&c);
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, "loam-seeds-f");
    assert_int_equal(virStoragePoolDestroy(pool), 0);
    assert_int_equal(virStoragePoolUndefine(pool), 0);
    virStoragePoolFree(pool);
    check_done(&c, case_read(&c));
    assert_true(value_is_null(c.state));
    check_done(&c, case_apply(&c, json));
    virConnectClose(connection);
    libvirt_case_delete(&c);
    assert_false(disk_exists(disk, directory));
    libvirt_case_close(&c);
    place_close(&place);
}

/* A plan does not replace a seed because an earlier version of loam stored "folder" for
 * "directory". */
static void test_spellings_of_directory(void **) {
    const char *uri = libvirt_case_host();
    static const char *const spellings[] = {
        SEED("f", ",\"kind\":\"folder\",\"pool\":\"loam-seeds\""),
        SEED("f", ",\"kind\":\"directory\",\"pool\":\"loam-seeds\""),
    };
    Place place = place_open(uri);
    for (size_t i = 0; i < ARRAY_COUNT(spellings); i++) {
        ResourceCase c = open_seed(uri);
        libvirt_case_create(&c, spellings[i]);
        assert_true(value_is_null(case_attribute(&c, "volume_id")));
        assert_true(case_is_settled(&c, spellings[0]));
        assert_true(case_is_settled(&c, spellings[1]));
        assert_false(case_is_settled(&c, SEED("f", ",\"pool\":\"loam-seeds\"")));
        assert_true(c.plan.requires_replace.count > 0);
        libvirt_case_delete(&c);
        libvirt_case_close(&c);
    }
    place_close(&place);
}

UNIT_MAIN(test_libvirt_cloudinit_disk) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_validate_network),
        cmocka_unit_test(test_digest_is_known_before),
        cmocka_unit_test(test_image),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_directory),
        cmocka_unit_test(test_spellings_of_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
