/* Lock info as Terraform and OpenTofu write and read it. */
#include "unit.h"

#include "record_case.h"
#include "state_lock.h"

static void every_member(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    RecordCase it = {&state_lock_rows, 0, NULL, arena};
    record_case_members(LockInfo, &state_lock_rows, NULL);
    record_case_rows(&it, NULL);
}

static void as_terraform(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    LockInfo info = {STR("id"),   STR("OperationTypeApply"),       STR("in \"fo\""), STR("me@host"),
                     STR("1.11"), STR("2026-01-02T03:04:05.678Z"), STR("s.tfstate")};
    check_str(state_lock_to_json(&info, arena),
              "{\"ID\":\"id\",\"Operation\":\"OperationTypeApply\",\"Info\":\"in \\\"fo\\\"\","
              "\"Who\":\"me@host\",\"Version\":\"1.11\",\"Created\":\""
              "2026-01-02T03:04:05.678Z\",\"Path\":\"s.tfstate\"}");
}

static void others_members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    LockInfo read = {0};
    Str json = STR("{\"ID\":\"i\",\"Extra\":{\"a\":[1]},\"Info\":null,\"Who\":\"w\"}\n");
    assert_true(state_lock_from_json(json, &read, arena));
    check_str(read.id, "i");
    check_str(read.who, "w");
    assert_int_equal(read.info.len, 0);
}

static void refused(void **) {
    static const char *const cases[] = {"", "[]", "{", "{\"ID\":\"i\"", "{\"ID\":\"i\"}x"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        LockInfo read = {.id = STR("untouched")};
        assert_false(state_lock_from_json(str_from_cstr(cases[i]), &read, arena));
        check_str(read.id, "untouched");
    }
}

/* Other programs show these names to their users. */
static void operation_names(void **) {
    static const struct {
        LockOperation operation;
        const char *name;
    } cases[] = {
        {LOCK_PLAN, "OperationTypePlan"},
        {LOCK_APPLY, "OperationTypeApply"},
        {LOCK_IMPORT, "import"},
        {LOCK_TAINT, "taint"},
        {LOCK_UNTAINT, "untaint"},
        {LOCK_STATE_MV, "state-mv"},
        {LOCK_STATE_RM, "state-rm"},
        {LOCK_STATE_PUSH, "state-push"},
        {LOCK_STATE_REPLACE_PROVIDER, "state-replace-provider"},
        {LOCK_WORKSPACE_NEW, "workspace-new"},
        {LOCK_WORKSPACE_DELETE, "workspace-delete"},
        {LOCK_MIGRATE_FROM, "migration source state"},
        {LOCK_MIGRATE_TO, "migration destination state"},
    };
    assert_int_equal(ARRAY_COUNT(cases), LOCK_MIGRATE_TO);
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        LockInfo info = state_lock_new(&io, cases[i].operation, STR("s.tfstate"), arena);
        check_str(info.operation, cases[i].name);
    }
}

/* An operation name that loam does not know. */
static void operation_of_another_program(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    LockInfo holder = {0};
    Str json = STR("{\"ID\":\"i\",\"Operation\":\"rotate keys\",\"Who\":\"w\"}");
    assert_true(state_lock_from_json(json, &holder, arena));
    Diags diags = diags_new(arena);
    LockAttempt attempt = {.end = LOCK_OUTLIVES_PROCESS};
    state_lock_report(&attempt, &holder, 0, &diags);
    assert_true(str_find(diags.items[0].detail, STR("Operation: rotate keys\n"), 0) != SIZE_MAX);
}

static void report(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    LockInfo info = state_lock_new(&io, LOCK_STATE_MV, STR("s.tfstate"), arena);
    assert_int_equal(info.id.len, 36);
    assert_true(str_find_char(info.who, '@', 0) != SIZE_MAX);
    Diags diags = diags_new(arena);
    LockAttempt attempt = {.end = LOCK_OUTLIVES_PROCESS};
    state_lock_report(&attempt, &info, 4711, &diags);
    check_str(diags.items[0].summary, "Error acquiring the state lock");
    Str parts[] = {info.id, info.who, info.created, STR("state-mv"), STR("4711"), STR("s.tfstate")};
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++)
        assert_true(str_find(diags.items[0].detail, parts[i], 0) != SIZE_MAX);
    Str hint = str_format(arena, "\"loam force-unlock %.*s\"", STR_ARG(info.id));
    assert_true(str_find(diags.items[0].detail, hint, 0) != SIZE_MAX);
    attempt.end = LOCK_ENDS_WITH_PROCESS;
    state_lock_report(&attempt, &info, 0, &diags);
    assert_true(str_find(diags.items[1].detail, STR("force-unlock"), 0) == SIZE_MAX);
}

static void another_lock(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    LockInfo holder = {.id = STR("theirs"), .who = STR("me@here")};
    state_lock_report_other("Failed", STR("place"), STR("mine"), &holder, &diags);
    check_str(diags.items[0].detail,
              "The lock ID \"mine\" does not match that of the lock of \"place\", which is "
              "\"theirs\".\n\n  Who:       me@here");
    state_lock_report_other("Failed", STR("place"), STR("mine"), &(LockInfo){0}, &diags);
    check_str(diags.items[1].detail, "The state \"place\" is not locked.");
}

typedef struct Waiting {
    int64_t now_ms;
    int64_t longest_ms;
    const char *holders; /* a letter for each attempt; a dot: free; a question mark: unknown */
    StrBuf said;
} Waiting;

static int64_t waiting_now(void *self) {
    const Waiting *waiting = self;
    return waiting->now_ms;
}

static bool waiting_sleep(void *self, int64_t ms, const CancelToken *) {
    Waiting *waiting = self;
    waiting->now_ms += ms;
    if (ms > waiting->longest_ms)
        waiting->longest_ms = ms;
    return false;
}

static LockResult waiting_attempt(void *self, LockInfo *holder, pid_t *pid, Arena *arena,
                                  Diags *diags) {
    (void)pid, (void)diags;
    Waiting *waiting = self;
    char letter = *waiting->holders;
    if (letter == '.')
        return LOCK_ACQUIRED;
    if (waiting->holders[1])
        waiting->holders++;
    if (letter != '?')
        holder->id = str_clone((Str){&letter, 1}, arena);
    return LOCK_HELD;
}

static void waiting_said(void *payload, const LockInfo *holder) {
    Waiting *waiting = payload;
    strbuf_add(&waiting->said, holder->id);
}

/* Each holder of the lock is reported once. */
static void waits(void **) {
    static const struct {
        const char *holders;
        int64_t timeout_ms;
        bool gets_it;
        const char *said;
    } cases[] = {
        {".", 60000, true, ""},       {"aaa.", 60000, true, "a"}, {"aabbb.", 60000, true, "ab"},
        {"aba.", 60000, true, "aba"}, {"a", 0, false, ""},        {"a", 60000, false, "a"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Waiting waiting = {.holders = cases[i].holders, .said = strbuf_new(arena)};
        Clock clock = {.self = &waiting, .monotonic_ms = waiting_now, .sleep_ms = waiting_sleep};
        LockAttempt attempt = {&waiting, waiting_attempt, waiting_said, &waiting};
        Diags diags = diags_new(arena);
        bool got = state_lock_acquire(&attempt, &clock, cases[i].timeout_ms, NULL, &diags);
        assert_int_equal(got, cases[i].gets_it);
        assert_int_equal(diags.error_count, got ? 0 : 1);
        check_str(strbuf_str(&waiting.said), cases[i].said);
        assert_true(waiting.now_ms <= cases[i].timeout_ms);
        assert_true(waiting.longest_ms <= 2000);
    }
}

/* Between lock and lock info the holder is unknown: asks again until it is known, or the lock is
 * free. */
static void holder_to_be_known(void **) {
    static const struct {
        const char *holders;
        bool gets_it;
        const char *says;
    } cases[] = {
        {"????a", false, "ID:        a"},
        {"????.", true, NULL},
        {"?", false, "Who:       unknown"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Waiting waiting = {.holders = cases[i].holders, .said = strbuf_new(arena)};
        Clock clock = {.self = &waiting, .monotonic_ms = waiting_now, .sleep_ms = waiting_sleep};
        LockAttempt attempt = {&waiting, waiting_attempt, waiting_said, &waiting};
        Diags diags = diags_new(arena);
        assert_int_equal(state_lock_acquire(&attempt, &clock, 0, NULL, &diags), cases[i].gets_it);
        assert_int_equal(diags.error_count, cases[i].says ? 1 : 0);
        if (cases[i].says)
            assert_true(str_find(diags.items[0].detail, str_from_cstr(cases[i].says), 0) !=
                        SIZE_MAX);
        assert_true(waiting.now_ms <= 1000);
    }
}

UNIT_MAIN(test_state_lock) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member),    cmocka_unit_test(as_terraform),
        cmocka_unit_test(others_members),  cmocka_unit_test(refused),
        cmocka_unit_test(operation_names), cmocka_unit_test(operation_of_another_program),
        cmocka_unit_test(report),          cmocka_unit_test(another_lock),
        cmocka_unit_test(waits),           cmocka_unit_test(holder_to_be_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
