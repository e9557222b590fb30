/* local_file: content on disk, drift of content and mode, recovery after a crash. */
#include "local_provider.h"
#include "resource_life.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct Place {
    ResourceCase c;
    Str directory;
} Place;

static Place place_open_type(const ObjectType *type) {
    Place place = {.c = case_open_object(type)};
    char name[] = "/tmp/test_local_file.XXXXXX";
    assert_non_null(mkdtemp(name));
    place.directory = str_clone(str_from_cstr(name), place.c.arena);
    return place;
}

#define place_open(row) place_open_type(&(row)->type)

static Str place_path(Place *place, const char *name) {
    return disk_join(place->directory, str_from_cstr(name), place->c.arena);
}

static void place_close(Place *place) {
    const char *const argv[] = {"rm", "-r", "--", str_to_cstr(place->directory, place->c.arena),
                                NULL};
    ProcessRequest request = {.argv = argv};
    ProcessResult result;
    assert_int_equal(process_real.run(NULL, &request, &result, place->c.arena), 0);
    case_close(&place->c);
}

static Str read_back(Place *place, const char *name) {
    Str bytes = STR_EMPTY;
    assert_int_equal(disk_real.read_file(NULL, place_path(place, name), &bytes, place->c.arena), 0);
    return bytes;
}

static void write_behind(Place *place, const char *name, const char *text) {
    Str path = place_path(place, name);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0644), 0);
}

static const char *config(Place *place, const char *name, const char *rest) {
    Str path = place_path(place, name);
    Str json = str_format(place->c.arena, "{\"filename\":\"%.*s\",%s}", STR_ARG(path), rest);
    return str_to_cstr(json, place->c.arena);
}

static void test_create_and_delete(void **) {
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    const char *json = config(&place, "a/b/c.txt", "\"content\":\"hello\"");
    check_done(c, case_validate(c, json));
    check_done(c, case_apply(c, json));
    check_str(read_back(&place, "a/b/c.txt"), "hello");
    check_str(case_text(c, "id"), "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    check_str(case_text(c, "content_md5"), "5d41402abc4b2a76b9719d911017c592");
    check_str(case_text(c, "content_base64sha256"), "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=");
    check_str(case_text(c, "file_permission"), "0777");
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));
    check_done(c, case_delete(c));
    assert_false(disk_exists(&disk_real, place_path(&place, "a/b/c.txt")));
    place_close(&place);
}

static void test_lives(void **) {
    static const ResourceType *const types[] = {&local_file, &local_sensitive_file};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        Place place = place_open(types[i]);
        check_life(&place.c, &(ResourceLife){
                                 .json = config(&place, "a/f", "\"content\":\"one\""),
                                 .changed = config(&place, "b/f", "\"content_base64\":\"AGE=\""),
                             });
        place_close(&place);
    }
}

static void test_content_kinds(void **) {
    static const struct {
        const char *rest, *wanted;
    } cases[] = {
        {"\"content_base64\":\"AGE=\"", NULL},
        {"\"sensitive_content\":\"s3cret\"", "s3cret"},
        {"\"content\":\"\"", ""},
        {"\"content\":\"x\",\"file_permission\":\"0600\"", "x"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Place place = place_open(&local_file);
        const char *json = config(&place, "f", cases[i].rest);
        check_done(&place.c, case_apply(&place.c, json));
        Str wanted = cases[i].wanted ? str_from_cstr(cases[i].wanted) : (Str){"\0a", 2};
        check_str_equal(read_back(&place, "f"), wanted);
        check_done(&place.c, case_read(&place.c));
        assert_true(case_is_settled(&place.c, json));
        place_close(&place);
    }
}

static void test_validate(void **) {
    static const struct {
        const char *rest, *summary;
    } cases[] = {
        {"\"content\":\"x\",\"source\":\"y\"", "Invalid combination of arguments"},
        {"\"id\":null", "Invalid combination of arguments"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Place place = place_open(&local_file);
        const char *json = config(&place, "f", cases[i].rest);
        check_refused(&place.c, case_validate(&place.c, json), cases[i].summary);
        place_close(&place);
    }
    Place place = place_open(&local_file);
    const char *json = config(&place, "f", "\"content\":\"x\",\"file_permission\":\"9\"");
    assert_false(case_validate(&place.c, json));
    place_close(&place);
}

static void test_drift(void **state) {
    (void)state;
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    const char *json = config(&place, "f", "\"content\":\"mine\"");
    check_done(c, case_apply(c, json));
    write_behind(&place, "f", "theirs");
    check_done(c, case_read(c));
    check_str(case_text(c, "content"), "theirs");
    check_done(c, case_plan(c, json));
    assert_true(c->plan.requires_replace.count > 0);
    check_done(c, case_apply(c, json));
    check_str(read_back(&place, "f"), "mine");
    assert_int_equal(unlink(str_to_cstr(place_path(&place, "f"), c->arena)), 0);
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    place_close(&place);
}

static void test_mode_drift_is_mended_in_place(void **) {
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    const char *json = config(&place, "f", "\"content\":\"x\",\"file_permission\":\"0600\"");
    check_done(c, case_apply(c, json));
    const char *path = str_to_cstr(place_path(&place, "f"), c->arena);
    assert_int_equal(chmod(path, 0644), 0);
    check_done(c, case_read(c));
    check_str(case_text(c, "file_permission"), "0644");
    check_done(c, case_plan(c, json));
    assert_int_equal(c->plan.requires_replace.count, 0);
    check_done(c, case_apply(c, json));
    struct stat stat_now;
    assert_int_equal(stat(path, &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 07777, 0600);
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));
    place_close(&place);
}

static void test_changed_source_is_seen(void **) {
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    write_behind(&place, "from", "one");
    Str source = place_path(&place, "from");
    Str rest = str_format(c->arena, "\"source\":\"%.*s\"", STR_ARG(source));
    const char *json = config(&place, "to", str_to_cstr(rest, c->arena));
    check_done(c, case_apply(c, json));
    check_str(read_back(&place, "to"), "one");
    assert_true(case_is_settled(c, json));
    write_behind(&place, "from", "two");
    assert_false(case_is_settled(c, json));
    check_done(c, case_apply(c, json));
    check_str(read_back(&place, "to"), "two");
    place_close(&place);
}

static void test_recover(void **state) {
    (void)state;
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    RecoverOutcome outcome;
    const char *json = config(&place, "f", "\"content\":\"whole\"");
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    write_behind(&place, "f", "older");
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    write_behind(&place, "f", "whole");
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_int_equal(case_text(c, "content_sha256").len, 64);
    assert_true(value_is_wholly_known(c->state));
    assert_true(case_is_settled(c, json));
    assert_int_equal(chmod(str_to_cstr(place_path(&place, "f"), c->arena), 0640), 0);
    check_done(c, case_read(c));
    check_str(case_text(c, "file_permission"), "0640");
    assert_false(case_is_settled(c, json));
    place_close(&place);
}

static void test_errors_name_the_file(void **) {
    Place place = place_open(&local_file);
    ResourceCase *c = &place.c;
    assert_int_equal(mkdir(str_to_cstr(place_path(&place, "d"), c->arena), 0755), 0);
    const char *json = config(&place, "d", "\"content\":\"x\"");
    check_refused(c, case_apply(c, json), "Cannot write the file");
    assert_true(str_find(c->diags.items[0].detail, place.directory, 0) != SIZE_MAX);
    json = config(&place, "f", "\"source\":\"/nonexistent/file\"");
    check_refused(c, case_apply(c, json), "Cannot read the source file");
    place_close(&place);
}

static void test_sensitive_file(void **state) {
    (void)state;
    Place place = place_open(&local_sensitive_file);
    ResourceCase *c = &place.c;
    check_done(c, case_apply(c, config(&place, "f", "\"content\":\"x\"")));
    struct stat stat_now;
    assert_int_equal(stat(str_to_cstr(place_path(&place, "f"), c->arena), &stat_now), 0);
    assert_int_equal(stat_now.st_mode & 0077, 0);
    Paths paths = {0};
    schema_sensitive_paths(&local_sensitive_file.schema, c->state, &paths, c->arena);
    assert_true(paths.count > 0);
    place_close(&place);
}

static void test_data(void **state) {
    (void)state;
    Place place = place_open(&data_local_file);
    ResourceCase *c = &place.c;
    write_behind(&place, "f", "hello");
    c->state = case_config(c, config(&place, "f", "\"id\":null"));
    check_done(c, case_read(c));
    check_str(case_text(c, "content"), "hello");
    check_str(case_text(c, "content_base64"), "aGVsbG8=");
    c->state = case_config(c, config(&place, "none", "\"id\":null"));
    check_refused(c, case_read(c), "Cannot read the file");
    place_close(&place);
}

UNIT_MAIN(test_local_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create_and_delete),
        cmocka_unit_test(test_lives),
        cmocka_unit_test(test_content_kinds),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_mode_drift_is_mended_in_place),
        cmocka_unit_test(test_changed_source_is_seen),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_errors_name_the_file),
        cmocka_unit_test(test_sensitive_file),
        cmocka_unit_test(test_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
