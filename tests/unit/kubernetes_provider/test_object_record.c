/* Private data of objects. */
#include "object_case.h"
#include "object_mark.h"
#include "object_record.h"
#include "record_case.h"

static void every_member(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const RecordSample samples[] = {
        {"takeover", "true", false}, {"takeover_all", "true", false}, {NULL, NULL, false}};
    record_case_members(ObjectRecord, &object_record_rows, NULL);
    for (unsigned scope = TAKEOVER_NONE; scope <= TAKEOVER_ALL; scope++) {
        RecordCase it = {&object_record_rows, 1U << scope, samples, arena};
        record_case_rows(&it, NULL);
    }
}

/* A copy holds no text of the original; without the plan, only the members before it are left. */
static void copies(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectRecord record = {.cluster = STR("uid:1"),
                           .values = STR("{\"salt\":\"6\"}"),
                           .seen = STR("8"),
                           .is_imported = true,
                           .is_planned = true,
                           .takeover = TAKEOVER_ALL};
    Str text = object_record_text(&record, arena);
    ObjectRecord copy = object_record_clone(&record, arena);
    check_str(object_record_text(&copy, arena), str_to_cstr(text, arena));
    assert_true(copy.cluster.ptr != record.cluster.ptr && copy.seen.ptr != record.seen.ptr);
    ObjectRecord kept = object_record_without_plan(record);
    check_str(object_record_text(&kept, arena),
              "{\"cluster\":\"uid:1\",\"values\":\"{\\\"salt\\\":\\\"6\\\"}\",\"imported\":true}");
    ObjectRecord both = object_record_read(STR("{\"takeover_all\":true,\"takeover\":true}"), arena);
    assert_int_equal(both.takeover, TAKEOVER_ALL);
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
        cmocka_unit_test(every_member),
        cmocka_unit_test(copies),
        cmocka_unit_test(damaged),
        cmocka_unit_test(digests),
        cmocka_unit_test(digests_of_dry_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
