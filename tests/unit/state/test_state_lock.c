/* Lock info as the known tools write and read it. */
#include "unit.h"

#include "state_lock.h"

static void there_and_back(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    LockInfo info = {STR("id"),   STR("OperationTypeApply"),       STR("in \"fo\""), STR("me@host"),
                     STR("1.11"), STR("2026-01-02T03:04:05.678Z"), STR("s.tfstate")};
    Str json = state_lock_to_json(&info, arena);
    check_str(json,
              "{\"ID\":\"id\",\"Operation\":\"OperationTypeApply\",\"Info\":\"in \\\"fo\\\"\","
              "\"Who\":\"me@host\",\"Version\":\"1.11\",\"Created\":\""
              "2026-01-02T03:04:05.678Z\",\"Path\":\"s.tfstate\"}");
    LockInfo read = {0};
    assert_true(state_lock_from_json(json, &read, arena));
    check_str_equal(read.id, info.id);
    check_str_equal(read.info, info.info);
    check_str_equal(read.created, info.created);
    check_str_equal(read.path, info.path);
}

static void others_members(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    LockInfo read = {0};
    Str json = STR("{\"ID\":\"i\",\"Extra\":{\"a\":[1]},\"Info\":null,\"Who\":\"w\"}\n");
    assert_true(state_lock_from_json(json, &read, arena));
    check_str(read.id, "i");
    check_str(read.who, "w");
    assert_int_equal(read.info.len, 0);
}

static void refused(void **unused) {
    (void)unused;
    static const char *const cases[] = {"", "[]", "{", "{\"ID\":\"i\"", "{\"ID\":\"i\"}x"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        LockInfo read = {.id = STR("untouched")};
        assert_false(state_lock_from_json(str_from_cstr(cases[i]), &read, arena));
        check_str(read.id, "untouched");
    }
}

static void report(void **unused) {
    (void)unused;
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    LockInfo info = state_lock_new(&io, STR("state-mv"), STR("s.tfstate"), arena);
    assert_int_equal(info.id.len, 36);
    assert_true(str_find_char(info.who, '@', 0) != SIZE_MAX);
    Diags diags = diags_new(arena);
    state_lock_report(&diags, &info, 4711);
    check_str(diags.items[0].summary, "Error acquiring the state lock");
    Str parts[] = {info.id, info.who, info.created, STR("state-mv"), STR("4711"), STR("s.tfstate")};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        assert_true(str_find(diags.items[0].detail, parts[i], 0) != SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(others_members),
        cmocka_unit_test(refused),
        cmocka_unit_test(report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
