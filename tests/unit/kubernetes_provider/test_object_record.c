/* Private data of objects. */
#include "object_case.h"
#include "object_mark.h"
#include "object_record.h"

static void there_and_back(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectRecord record = {.cluster = STR("uid:1"),
                           .uid = STR("2"),
                           .body = STR("3"),
                           .live = STR("4"),
                           .server = STR("v1.34.1"),
                           .predecessor = STR("5"),
                           .values = STR("{\"salt\":\"6\"}"),
                           .ending = STR("7"),
                           .seen = STR("8"),
                           .is_imported = true,
                           .is_planned = true,
                           .has_no_change = true,
                           .should_force = true,
                           .takeover = TAKEOVER_ALL};
    Str text = object_record_text(&record, arena);
    ObjectRecord again = object_record_read(text, arena);
    check_str(object_record_text(&again, arena), str_to_cstr(text, arena));
    assert_int_equal(again.takeover, TAKEOVER_ALL);
    ObjectRecord copy = object_record_clone(&record, arena);
    check_str(object_record_text(&copy, arena), str_to_cstr(text, arena));
    record.takeover = TAKEOVER_UPDATES;
    Str updates = object_record_text(&record, arena);
    assert_int_equal(object_record_read(updates, arena).takeover, TAKEOVER_UPDATES);
    ObjectRecord kept = object_record_without_plan(record);
    check_str(
        object_record_text(&kept, arena),
        "{\"cluster\":\"uid:1\",\"uid\":\"2\",\"body\":\"3\",\"live\":\"4\",\"server\":\"v1.34.1\","
        "\"values\":\"{\\\"salt\\\":\\\"6\\\"}\",\"imported\":true}");
    assert_true(again.is_imported && again.is_planned && again.has_no_change && again.should_force);
    check_str(again.predecessor, "5");
    check_str(again.values, "{\"salt\":\"6\"}");
    check_str(again.ending, "7");
    check_str(again.seen, "8");
    check_str(object_record_text(&(ObjectRecord){0}, arena), "{}");
}

/* The private data of a damaged state does no harm: the object counts as changed. */
static void damaged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[] = {"", "{", "[]", "1", "{\"uid\":1,\"imported\":\"true\"}"};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectRecord record = object_record_read(str_from_cstr(cases[i]), arena);
        check_str(object_record_text(&record, arena), "{}");
    }
}

static void digests(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value body =
        object_case("{\"metadata\":{\"annotations\":{\"a\":\"b\"}},\"data\":{\"k\":\"v\"}}", arena);
    Value marked = object_mark_set(body, STR("l a"), arena);
    Str digest = object_record_body(body, STR("loam"), arena);
    check_str(object_record_body(marked, STR("loam"), arena), str_to_cstr(digest, arena));
    assert_false(str_equal(object_record_body(body, STR("other"), arena), digest));
    Value status =
        object_case("{\"data\":{},\"metadata\":{\"generation\":2},\"status\":{\"x\":1}}", arena);
    Value plain = object_case("{\"data\":{},\"metadata\":{\"uid\":\"u\"}}", arena);
    check_str(object_record_live(status, arena),
              str_to_cstr(object_record_live(plain, arena), arena));
    assert_false(str_equal(object_record_live(body, arena), object_record_live(plain, arena)));
}

#define OWNED(name, value, uid)                                                                    \
    "{\"data\":{\"k\":\"" value "\"},\"metadata\":{\"uid\":\"" uid                                 \
    "\",\"managedFields\":[{\"manager\":\"" name                                                   \
    "\",\"operation\":\"Apply\",\"apiVersion\":\"v1\",\"fieldsType\":\"FieldsV1\",\"fieldsV1\":"   \
    "{\"f:data\":{\"f:k\":{}}}},{\"manager\":\"c\",\"operation\":\"Update\",\"subresource\":"      \
    "\"status\","                                                                                  \
    "\"fieldsType\":\"FieldsV1\",\"fieldsV1\":{\"f:status\":{}}}]},\"status\":{\"x\":"

/* A dry run stays valid while body, manager, and settings and owners of the object stay. */
static void digests_of_dry_runs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const different[] = {"null", OWNED("b", "v", "u") "1}}",
                                            OWNED("a", "w", "u") "1}}", OWNED("a", "v", "z") "1}}"};
    Value body = object_case("{\"data\":{\"k\":\"v\"}}", arena);
    Value other = object_case("{\"data\":{\"k\":\"w\"}}", arena);
    Value live = object_case(OWNED("a", "v", "u") "1}}", arena);
    Value status = object_case(OWNED("a", "v", "u") "2}}", arena);
    Str seen = object_record_seen(body, STR("loam"), live, arena);
    check_str(object_record_seen(body, STR("loam"), status, arena), str_to_cstr(seen, arena));
    assert_false(str_equal(object_record_seen(other, STR("loam"), live, arena), seen));
    assert_false(str_equal(object_record_seen(body, STR("else"), live, arena), seen));
    for (size_t i = 0; i < ARRAY_COUNT(different); i++) {
        Value changed = object_case(different[i], arena);
        assert_false(str_equal(object_record_seen(body, STR("loam"), changed, arena), seen));
    }
}

UNIT_MAIN(test_object_record) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(damaged),
        cmocka_unit_test(digests),
        cmocka_unit_test(digests_of_dry_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
