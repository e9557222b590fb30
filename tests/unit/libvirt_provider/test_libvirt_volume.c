/* Volumes. */
#include "private_member.h"

#include <unistd.h>

#include "libvirt_case.h"

#define GIB "1073741824"

static ResourceCase open_volume(const char *uri, const char *address) {
    return libvirt_case_open(&libvirt_volume, uri, str_from_cstr(address));
}

static void test_lifecycle(void **) {
    ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.v");
    libvirt_case_create(&c, "{\"name\":\"v1\",\"size\":\"1G\"}");
    check_str(case_text(&c, "pool"), "default-pool");
    check_str(case_text(&c, "format"), "qcow2");
    check_str(case_text(&c, "path"), "/default-pool/v1");
    check_str(value_number_text(case_attribute(&c, "capacity"), c.arena), GIB);
    libvirt_case_update(&c, "{\"name\":\"v1\",\"size\":\"" GIB "\"}");
    check_done(&c, case_plan(&c, "{\"name\":\"v1\",\"size\":\"512M\"}"));
    assert_true(libvirt_case_replaces(&c, ".size"));
    check_str(libvirt_case_note(&c, ".size"), "a volume cannot become smaller");
    check_done(&c, case_plan(&c, "{\"name\":\"v1\",\"size\":\"2G\"}"));
    assert_false(libvirt_case_replaces(&c, ".size"));
    assert_true(case_is_planned_unknown(&c, "capacity"));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

static void test_validate(void **) {
    static const struct {
        const char *json;
        const char *summary;
    } cases[] = {
        {"{\"name\":\"v\"}", "Invalid combination of arguments"},
        {"{\"name\":\"v\",\"base\":{}}", "Invalid combination of arguments"},
        {"{\"name\":\"v\",\"size\":\"1G\",\"mode\":\"copy\"}", "Invalid combination of arguments"},
        {"{\"name\":\"v\",\"base\":{\"volume_id\":\"x\"},\"source\":{\"path\":\"/x\"}}",
         "Invalid combination of arguments"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.v");
        check_refused(&c, case_validate(&c, cases[i].json), cases[i].summary);
        libvirt_case_close(&c);
    }
}

static void test_gone_and_taken(void **state) {
    (void)state;
    const char *json = "{\"name\":\"v2\",\"size\":\"1M\",\"format\":\"raw\"}";
    ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.v");
    ResourceCase other = open_volume(TEST_DRIVER, "libvirt_volume.w");
    libvirt_case_create(&c, json);
    check_refused(&other, case_apply(&other, json), "The volume \"v2\" already exists");
    /* Another user's volume is never adopted as the result of a crashed run. */
    RecoverOutcome outcome;
    check_done(&other, case_recover(&other, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    virConnectPtr connection = libvirt_case_connect(&c);
    virStorageVolPtr volume =
        virStorageVolLookupByPath(connection, str_to_cstr(case_text(&c, "path"), c.arena));
    assert_int_equal(virStorageVolDelete(volume, 0), 0);
    virStorageVolFree(volume);
    virConnectClose(connection);
    check_done(&c, case_read(&c));
    assert_true(value_is_null(c.state));
    libvirt_case_close(&c);
    libvirt_case_close(&other);
}

static void test_inactive_pool_hides_nothing(void **state) {
    (void)state;
    ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.v");
    libvirt_case_create(&c, "{\"name\":\"v3\",\"size\":\"1M\"}");
    virConnectPtr connection = libvirt_case_connect(&c);
    virStoragePoolPtr pool = virStoragePoolLookupByName(connection, "default-pool");
    assert_int_equal(virStoragePoolDestroy(pool), 0);
    Value before = c.state;
    check_done(&c, case_read(&c));
    assert_true(value_equal(before, c.state));
    assert_int_equal(c.diags.count, 1);
    check_refused(&c, case_delete(&c), "The pool \"default-pool\" is not active");
    assert_int_equal(virStoragePoolCreate(pool, 0), 0);
    virStoragePoolFree(pool);
    virConnectClose(connection);
    libvirt_case_close(&c);
}

static void test_recover(void **state) {
    (void)state;
    const char *json = "{\"name\":\"v4\",\"size\":\"1M\"}";
    RecoverOutcome outcome;
    ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.v");
    check_done(&c, case_plan(&c, json));
    RecoverRequest request = {
        .marker = case_marker(&c, c.plan.planned),
        .planned = c.plan.planned,
    };
    check_str(request.marker, "default-pool/v4");
    check_done(&c, case_apply(&c, json));
    Value made = c.state;
    Value found = value_null(made.type);
    check_done(&c, case_call_recover(&c, &request, &outcome, &found));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_equal(made, found));
    /* The volumes of a removed pool are gone. */
    request.marker = STR("no-such-pool/v4");
    check_done(&c, case_call_recover(&c, &request, &outcome, &found));
    assert_int_equal(outcome, RECOVER_ABSENT);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

typedef struct Place {
    ResourceCase pool;
    const char *directory;
    const char *uri;
} Place;

static Place place_open(void) {
    const char *uri = libvirt_case_host();
    ResourceCase pool = libvirt_case_open(&libvirt_pool, uri, STR("libvirt_pool.place"));
    char *directory = arena_alloc(pool.arena, 64);
    memcpy(directory, "/tmp/loam-volume-XXXXXX", 24);
    assert_non_null(mkdtemp(directory));
    Str json = str_format(pool.arena,
                          "{\"name\":\"default-pool\",\"path\":\"%s/pool\",\"on_delete\":"
                          "\"delete_all\"}",
                          directory);
    Place place = {.pool = pool, .directory = directory, .uri = uri};
    libvirt_case_create(&place.pool, str_to_cstr(json, pool.arena));
    return place;
}

static void place_close(Place *place) {
    libvirt_case_delete(&place->pool);
    const Disk *disk = place->pool.io.disk;
    (void)disk->remove(disk->self, str_format(place->pool.arena, "%s/image", place->directory));
    assert_int_equal(disk->remove(disk->self, str_from_cstr(place->directory)), 0);
    libvirt_case_close(&place->pool);
}

static const char *image_json(Place *place, const char *rest) {
    return str_to_cstr(str_format(place->pool.arena,
                                  "{\"name\":\"image\",\"source\":{\"path\":\"%s/image\"}%s}",
                                  place->directory, rest),
                       place->pool.arena);
}

/* Text, a hole of 3 MiB, and text again. */
static void write_image(Place *place, const char *text) {
    Arena *arena = place->pool.arena;
    size_t size = (3u << 20) + 1000;
    char *bytes = arena_alloc(arena, size);
    memcpy(bytes, text, strlen(text));
    memcpy(bytes + size - 5, "tail.", 5);
    const Disk *disk = place->pool.io.disk;
    Str path = str_format(arena, "%s/image", place->directory);
    assert_int_equal(disk->write_file(disk->self, path, (Str){bytes, size}, 0600), 0);
}

static void test_upload(void **) {
    Place place = place_open();
    ResourceCase c = open_volume(place.uri, "libvirt_volume.image");
    const Disk *disk = c.io.disk;
    write_image(&place, "first");
    libvirt_case_create(&c, image_json(&place, ""));
    check_str(case_text(&c, "format"), "raw");
    Str sent = STR_EMPTY;
    Str wanted = STR_EMPTY;
    DiskStat stat;
    Str source = str_format(c.arena, "%s/image", place.directory);
    assert_int_equal(disk->read_file(disk->self, case_text(&c, "path"), &sent, c.arena), 0);
    assert_int_equal(disk->read_file(disk->self, source, &wanted, c.arena), 0);
    assert_true(str_equal(sent, wanted));
    assert_int_equal(disk->stat(disk->self, case_text(&c, "path"), &stat), 0);
    /* Other bytes make another volume; another spelling of the path does not. */
    write_image(&place, "second");
    check_done(&c, case_plan(&c, image_json(&place, "")));
    assert_true(libvirt_case_replaces(&c, ".source_digest"));
    write_image(&place, "first");
    check_done(&c, case_plan(&c, image_json(&place, "")));
    assert_int_equal(c.plan.requires_replace.count, 0);
    libvirt_case_update(&c, image_json(&place, ",\"size\":\"8M\""));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

static void test_wrong_checksum(void **) {
    Place place = place_open();
    ResourceCase c = open_volume(place.uri, "libvirt_volume.image");
    write_image(&place, "first");
    Str json = str_format(c.arena,
                          "{\"name\":\"image\",\"source\":{\"path\":\"%s/image\",\"checksum\":"
                          "\"sha256:%064d\"}}",
                          place.directory, 0);
    check_refused(&c, case_plan(&c, str_to_cstr(json, c.arena)),
                  "The volume's source does not match its checksum");
    libvirt_case_close(&c);
    place_close(&place);
}

static void test_upload_is_sent_again(void **state) {
    (void)state;
    Place place = place_open();
    ResourceCase c = open_volume(place.uri, "libvirt_volume.image");
    write_image(&place, "first");
    check_done(&c, case_plan(&c, image_json(&place, "")));
    RecoverRequest request = {
        .marker = case_marker(&c, c.plan.planned),
        .planned = c.plan.planned,
    };
    check_done(&c, case_apply(&c, image_json(&place, "")));
    RecoverOutcome outcome;
    Value found = value_null(c.state.type);
    check_done(&c, case_call_recover(&c, &request, &outcome, &found));
    assert_int_equal(outcome, RECOVER_TAINTED);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

static void test_layers(void **state) {
    (void)state;
    Place place = place_open();
    ResourceCase base = open_volume(place.uri, "libvirt_volume.base");
    ResourceCase layer = open_volume(place.uri, "libvirt_volume.layer");
    ResourceCase copy = open_volume(place.uri, "libvirt_volume.copy");
    libvirt_case_create(&base, "{\"name\":\"base\",\"size\":\"4M\",\"format\":\"raw\"}");
    Str id = case_text(&base, "id");
    Str json = str_format(layer.arena, "{\"name\":\"layer\",\"base\":{\"volume_id\":\"%.*s\"}}",
                          STR_ARG(id));
    libvirt_case_create(&layer, str_to_cstr(json, layer.arena));
    check_str(value_number_text(case_attribute(&layer, "capacity"), layer.arena), "4194304");
    json =
        str_format(copy.arena,
                   "{\"name\":\"copy\",\"mode\":\"copy\",\"size\":\"6M\",\"base\":{\"volume_id\":"
                   "\"%.*s\"}}",
                   STR_ARG(id));
    libvirt_case_create(&copy, str_to_cstr(json, copy.arena));
    check_refused(&base, case_delete(&base), "The volume \"base\" is in use");
    json = str_format(layer.arena,
                      "{\"name\":\"layer\",\"size\":\"16M\",\"base\":{\"volume_id\":\"%.*s\"}}",
                      STR_ARG(id));
    libvirt_case_update(&layer, str_to_cstr(json, layer.arena));
    check_str(value_number_text(case_attribute(&layer, "capacity"), layer.arena), "16777216");
    libvirt_case_delete(&copy);
    libvirt_case_delete(&layer);
    json = str_format(layer.arena,
                      "{\"name\":\"small\",\"size\":\"1M\",\"base\":{\"volume_id\":\"%.*s\"}}",
                      STR_ARG(id));
    check_refused(&layer, case_apply(&layer, str_to_cstr(json, layer.arena)),
                  "The volume \"small\" is too small");
    /* Removed without the pool. */
    const Disk *disk = base.io.disk;
    assert_int_equal(disk->remove(disk->self, case_text(&base, "path")), 0);
    check_done(&base, case_read(&base));
    assert_true(value_is_null(base.state));
    libvirt_case_close(&base);
    libvirt_case_close(&layer);
    libvirt_case_close(&copy);
    place_close(&place);
}

static void test_import(void **state) {
    (void)state;
    Place place = place_open();
    ResourceCase c = open_volume(place.uri, "libvirt_volume.v");
    libvirt_case_create(&c, "{\"name\":\"v\",\"size\":\"4M\"}");
    Value made = c.state;
    check_done(&c, case_import(&c, STR("default-pool/v")));
    check_str_equal(case_text(&c, "id"), value_text(value_attribute(made, STR("id"))));
    check_str(case_text(&c, "size"), "4194304");
    check_str(case_text(&c, "format"), "qcow2");
    assert_true(value_is_null(case_attribute(&c, "base")));
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
    place_close(&place);
}

/* The source of an imported volume joins the mark of the import, so the second plan keeps the
 * volume, too. */
static void test_import_with_source(void **) {
    ResourceCase c = open_volume(TEST_DRIVER, "libvirt_volume.s");
    char path[] = "/tmp/loam-image-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, "abc", 3) == 3 && close(file) == 0);
    libvirt_case_create(&c, "{\"name\":\"s\",\"size\":\"4M\",\"format\":\"raw\"}");
    check_done(&c, case_import(&c, STR("default-pool/s")));
    const char *json = str_to_cstr(
        str_format(c.arena, "{\"name\":\"s\",\"source\":{\"path\":\"%s\"}}", path), c.arena);
    check_done(&c, case_plan(&c, json));
    c.private_data = c.plan.private_data;
    check_done(&c, case_apply(&c, json));
    check_str(private_member_get(c.private_data, PRIVATE_ADOPTION, c.arena),
              "imported name source");
    check_done(&c, case_plan(&c, json));
    assert_int_equal(c.plan.requires_replace.count, 0);
    assert_int_equal(unlink(path), 0);
    libvirt_case_delete(&c);
    libvirt_case_close(&c);
}

/* Members are independent, and texts of earlier versions are read. */
static void test_private_members(void **) {
    static const struct {
        const char *text, *adoption, *seen, *with_seen;
    } cases[] = {
        {"", "", "", "{\"seen\":\"new\"}"},
        {"3 4 sha256:00 /a b", "", "3 4 sha256:00 /a b", "{\"seen\":\"new\"}"},
        {"imported a b", "imported a b", "", "{\"adoption\":\"imported a b\",\"seen\":\"new\"}"},
        {"imported a digest=00", "imported a", "00",
         "{\"adoption\":\"imported a\",\"seen\":\"new\"}"},
        {"{\"adoption\":\"imported\",\"seen\":\"x\"}", "imported", "x",
         "{\"adoption\":\"imported\",\"seen\":\"new\"}"},
        {"{\"schema_version\":\"0\"}", "", "", "{\"seen\":\"new\"}"},
        {"{broken", "", "", "{\"seen\":\"new\"}"},
    };
    Arena *arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_from_cstr(cases[i].text);
        check_str(private_member_get(text, PRIVATE_ADOPTION, arena), cases[i].adoption);
        check_str(private_member_get(text, PRIVATE_SEEN, arena), cases[i].seen);
        check_str(private_member_set(text, PRIVATE_SEEN, STR("new"), arena), cases[i].with_seen);
    }
    Str seen = private_member_set(STR_EMPTY, PRIVATE_SEEN, STR("x"), arena);
    check_str(private_member_set(seen, PRIVATE_SEEN, STR_EMPTY, arena), "");
    arena_close(arena);
}

UNIT_MAIN(test_libvirt_volume) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lifecycle),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_gone_and_taken),
        cmocka_unit_test(test_inactive_pool_hides_nothing),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_upload),
        cmocka_unit_test(test_wrong_checksum),
        cmocka_unit_test(test_upload_is_sent_again),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_import),
        cmocka_unit_test(test_import_with_source),
        cmocka_unit_test(test_private_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
