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

/* A lock that expires. Its holder renews it every `every_s` seconds until `until_s`. */
typedef struct Takeover {
    const char *about;
    int64_t lease_seconds;
    const char *info; /* of the holder */
    const char *run;  /* of the command */
    int64_t every_s;
    int64_t until_s;
    int64_t timeout_s;
    int64_t taken_s; /* -1: it is not taken over */
    const char *says;
    int conflicts; /* attempts to take it over that fail */
} Takeover;

typedef struct Expiring {
    Waiting waiting; /* for the clock */
    const Takeover *row;
    int takes;
    StrBuf said;
} Expiring;

static LockResult expiring_attempt(void *self, LockInfo *holder, pid_t *, Arena *arena, Diags *) {
    const Expiring *it = self;
    int64_t now_s = it->waiting.now_ms / 1000;
    int64_t seen_s = now_s < it->row->until_s ? now_s : it->row->until_s;
    *holder = (LockInfo){
        .id = STR("a"),
        .who = STR("me@there"),
        .info = str_from_cstr(it->row->info),
        .lease_seconds = it->row->lease_seconds,
        .renewed = str_format(arena, "%lld",
                              it->row->every_s ? (long long)(seen_s / it->row->every_s) : 0),
    };
    return LOCK_HELD;
}

static LockResult expiring_take(void *self, Arena *, Diags *) {
    Expiring *it = self;
    return it->takes++ < it->row->conflicts ? LOCK_HELD : LOCK_ACQUIRED;
}

static void expiring_note(void *payload, Str text) {
    Expiring *it = payload;
    strbuf_add(&it->said, text);
}

static void expiring_waiting(void *payload, const LockInfo *holder) {
    (void)payload, (void)holder;
}

/* By the clock of this machine alone; the times that holders write are only compared. */
static void takes_over(void **) {
    static const Takeover rows[] = {
        {"dead", 30, "", "", 0, 0, 120, 60, "of me@there (, since ): it was not renewed for 1m0s"},
        {"dead, short", 3, "", "", 0, 0, 120, 6, "not renewed for 6s"},
        {"dead, long", 100, "", "", 0, 0, 300, 130, "not renewed for 2m10s"},
        {"impatient", 30, "", "", 0, 0, 59, -1,
         "-lock-timeout=70s: it takes the lock over when it "
         "has seen no renewal for 60 seconds"},
        {"once", 30, "", "", 0, 0, 0, -1, "-lock-timeout=70s"},
        {"alive", 30, "", "", 10, 1000, 300, -1, "Renewed:   30"},
        {"dies later", 30, "", "", 10, 100, 300, 160, "not renewed for 1m0s"},
        {"of a program that renews nothing", 0, "", "", 0, 0, 300, -1, "force-unlock a"},
        {"not from loam", INT64_C(1) << 60, "", "", 0, 0, 300, -1, "force-unlock a"},
        {"negative", -30, "", "", 0, 0, 300, -1, "force-unlock a"},
        {"dead, of the run", 30, "run=r pod=1", "r", 0, 0, 0, 15, "not renewed for 15s"},
        {"alive, of the run", 30, "run=r pod=1", "r", 10, 1000, 0, -1, "so it still works"},
        {"dies later, of the run", 30, "run=r pod=1", "r", 10, 100, 300, 115, "for 15s"},
        {"of another run", 30, "run=r2 pod=1", "r", 0, 0, 0, -1, "Info:      run=r2 pod=1"},
        {"of no run", 30, "pod=r", "r", 0, 0, 0, -1, "-lock-timeout=70s"},
        {"of the run, without renewals", 0, "run=r", "r", 0, 0, 0, -1, "force-unlock a"},
        {"another was faster", 30, "", "", 0, 0, 120, 60, "not renewed for", .conflicts = 1},
        {"others are faster", 30, "", "", 0, 0, 120, -1, "-lock-timeout=70s", .conflicts = 1000},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Expiring it = {.row = &rows[i], .said = strbuf_new(arena)};
        Clock clock = {.self = &it.waiting, .monotonic_ms = waiting_now, .sleep_ms = waiting_sleep};
        LockAttempt attempt = {
            .self = &it,
            .attempt = expiring_attempt,
            .waiting = expiring_waiting,
            .payload = &it,
            .end = LOCK_OUTLIVES_PROCESS,
            .take = expiring_take,
            .run = str_from_cstr(rows[i].run),
            .note = expiring_note,
        };
        Diags diags = diags_new(arena);
        bool got = state_lock_acquire(&attempt, &clock, rows[i].timeout_s * 1000, NULL, &diags);
        if (got != (rows[i].taken_s >= 0))
            fail_msg("%s", rows[i].about);
        int64_t late_ms = it.waiting.now_ms - rows[i].taken_s * 1000;
        if (got && (late_ms < 0 || late_ms > INT64_C(2000) * (1 + rows[i].conflicts)))
            fail_msg("%s: taken over at %lld ms", rows[i].about, (long long)it.waiting.now_ms);
        Str text = got ? strbuf_str(&it.said) : diags.items[0].detail;
        if (str_find(text, str_from_cstr(rows[i].says), 0) == SIZE_MAX)
            fail_msg("%s: %.*s", rows[i].about, STR_ARG(text));
    }
}

/* A program that does not renew its own lock takes over no lock. */
static void takes_nothing_over(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Takeover row = {"dead", 30, "", "", 0, 0, 120, -1, ""};
    Expiring it = {.row = &row};
    Clock clock = {.self = &it.waiting, .monotonic_ms = waiting_now, .sleep_ms = waiting_sleep};
    LockAttempt attempt = {.self = &it, .attempt = expiring_attempt, .end = LOCK_OUTLIVES_PROCESS};
    Diags diags = diags_new(arena);
    assert_false(state_lock_acquire(&attempt, &clock, 120000, NULL, &diags));
    assert_true(str_find(diags.items[0].detail, STR("force-unlock a"), 0) != SIZE_MAX);
}

static void runs(void **) {
    check_str(state_lock_run(STR("run=a pod=b")), "a");
    check_str(state_lock_run(STR("pod=b run=a")), "a");
    check_str(state_lock_run(STR("a run")), "");
    check_str(state_lock_run(STR_EMPTY), "");
}

UNIT_MAIN(test_state_lock) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_member),
        cmocka_unit_test(as_terraform),
        cmocka_unit_test(others_members),
        cmocka_unit_test(refused),
        cmocka_unit_test(operation_names),
        cmocka_unit_test(operation_of_another_program),
        cmocka_unit_test(report),
        cmocka_unit_test(another_lock),
        cmocka_unit_test(waits),
        cmocka_unit_test(holder_to_be_known),
        cmocka_unit_test(takes_over),
        cmocka_unit_test(takes_nothing_over),
        cmocka_unit_test(runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
