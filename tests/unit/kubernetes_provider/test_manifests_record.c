/* The private data of many objects. */
#include "unit.h"

#include "manifests_record.h"

static void test_round_trip(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ManifestsRecord record = {0};
    ManifestsEntry a = {
        .object = {.cluster = STR("uid:1"), .uid = STR("2"), .should_force = true},
        .digest = STR("d"),
        .action = OBJECT_REPLACE,
        .is_unseen = true,
    };
    manifests_record_set(&record, STR("apps/Deployment/web/a"), a, arena);
    manifests_record_set(&record, STR("/ConfigMap/web/b"), (ManifestsEntry){0}, arena);
    Str text = manifests_record_text(&record, arena);
    ManifestsRecord read = manifests_record_read(text, arena);
    assert_int_equal(read.entries.count, 2);
    ManifestsEntry found = manifests_record_find(&read, STR("apps/Deployment/web/a"));
    check_str(found.object.cluster, "uid:1");
    check_str(found.digest, "d");
    assert_true(found.object.should_force && found.is_unseen);
    assert_int_equal(found.action, OBJECT_REPLACE);
    found = manifests_record_find(&read, STR("/ConfigMap/web/b"));
    assert_true(!found.digest.len && !found.is_unseen && found.action == OBJECT_NONE);
    assert_int_equal(manifests_record_find(&read, STR("none")).digest.len, 0);
}

static void test_damaged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {"", "{", "[]", "null", "1"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        assert_int_equal(manifests_record_read(str_from_cstr(texts[i]), arena).entries.count, 0);
    ManifestsRecord odd = manifests_record_read(STR("{\"a\":1,\"b\":{\"action\":\"x\"}}"), arena);
    assert_int_equal(odd.entries.count, 2);
    assert_int_equal(manifests_record_find(&odd, STR("b")).action, OBJECT_NONE);
}

UNIT_MAIN(test_manifests_record) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_round_trip),
                                       cmocka_unit_test(test_damaged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
