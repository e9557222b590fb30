/* wait_until: checks at known times of a fake clock, and the four ways to end. */
#include "wait_until.h"

#include "unit.h"

typedef struct FakeTime {
    int64_t now_ms;
    int64_t cancel_at_ms; /* 0: never */
    CancelToken *cancel;
    VEC(int64_t) sleeps;
    Arena *arena;
} FakeTime;

static int64_t fake_now(void *self) {
    return ((FakeTime *)self)->now_ms;
}

static bool fake_sleep(void *self, int64_t ms, const CancelToken *cancel) {
    FakeTime *time = self;
    vec_push(time->arena, &time->sleeps, ms);
    if (time->cancel_at_ms > 0 && time->now_ms + ms >= time->cancel_at_ms) {
        time->now_ms = time->cancel_at_ms;
        cancel_raise(time->cancel, CANCEL_STOP);
        return true;
    }
    time->now_ms += ms;
    return cancel_level(cancel) != CANCEL_NONE;
}

typedef struct Case {
    Arena *arena;
    FakeTime time;
    Clock clock;
    Io io;
    Call call;
    Diags diags;
    int64_t holds_at_ms; /* the condition */
    int64_t fails_at_ms; /* 0: never */
    int64_t look_ms;     /* duration of one check */
    VEC(int64_t) looks;
    VEC(int64_t) left;
    StrVec progress;
} Case;

static void note_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    Case *c = payload;
    assert_int_equal(total, 0);
    Str line = str_format(c->arena, "%llu %s", (unsigned long long)done, what);
    vec_push(c->arena, &c->progress, line);
}

static void case_open(Case *c) {
    Arena *arena = arena_open("test");
    *c = (Case){.arena = arena, .time = {.now_ms = 1000, .arena = arena}};
    c->time.cancel = cancel_open();
    c->clock = (Clock){.self = &c->time, .monotonic_ms = fake_now, .sleep_ms = fake_sleep};
    c->io.clock = &c->clock;
    c->call = (Call){
        .io = &c->io,
        .cancel = c->time.cancel,
        .arena = arena,
        .progress_payload = c,
        .progress = note_progress,
    };
    c->diags = diags_new(arena);
    c->holds_at_ms = INT64_MAX;
}

static void case_close(Case *c) {
    cancel_close(c->time.cancel);
    arena_close(c->arena);
}

static WaitLook look(void *payload, Wait *wait) {
    Case *c = payload;
    vec_push(c->arena, &c->looks, c->time.now_ms);
    vec_push(c->arena, &c->left, wait->left_ms);
    c->time.now_ms += c->look_ms;
    wait->reason = STR("starting");
    if (c->fails_at_ms > 0 && c->time.now_ms >= c->fails_at_ms)
        return WAIT_LOOK_FAILED;
    return c->time.now_ms >= c->holds_at_ms ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
}

static WaitUntil until_of(Case *c, int64_t timeout_ms) {
    return (WaitUntil){
        .what = "the thing",
        .look = look,
        .payload = c,
        .timeout_ms = timeout_ms,
        .pauses = {.first_ms = 100, .last_ms = 500},
    };
}

static void check_times(const int64_t *got, size_t count, const char *wanted) {
    SCOPED(ArenaRef) scratch = arena_open("times");
    StrBuf text = strbuf_new(scratch);
    for (size_t i = 0; i < count; i++)
        strbuf_add(&text, str_format(scratch, "%s%lld", i ? " " : "", (long long)got[i]));
    check_str(strbuf_str(&text), wanted);
}

static void a_condition_that_holds_costs_no_pause(void **) {
    Case c;
    case_open(&c);
    c.holds_at_ms = 0;
    WaitUntil until = until_of(&c, 1000);
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_DONE);
    assert_int_equal(c.looks.count, 1);
    assert_int_equal(c.time.sleeps.count, 0);
    assert_int_equal(c.progress.count, 0);
    case_close(&c);
}

static void pauses_double_up_to_the_longest(void **) {
    Case c;
    case_open(&c);
    c.holds_at_ms = 3000;
    WaitUntil until = until_of(&c, 0);
    Wait wait;
    assert_int_equal(wait_until(&c.call, &until, &wait), WAIT_DONE);
    check_times(c.time.sleeps.items, c.time.sleeps.count, "100 200 400 500 500 500");
    assert_int_equal(wait.passed_ms, 2200);
    assert_int_equal(c.left.items[0], INT64_MAX);
    check_str(c.progress.items[1], "100 waiting for the thing: starting");
    case_close(&c);
}

/* A condition that becomes true during the last pause is noticed. */
static void the_last_look_is_at_the_end(void **) {
    Case c;
    case_open(&c);
    WaitUntil until = until_of(&c, 800);
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_TIMED_OUT);
    check_times(c.looks.items, c.looks.count, "1000 1100 1300 1700 1800");
    check_times(c.left.items, c.left.count, "800 700 500 100 0");
    case_close(&c);
    case_open(&c);
    c.holds_at_ms = 1800;
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_DONE);
    case_close(&c);
}

static void the_earlier_end_counts(void **) {
    Case c;
    case_open(&c);
    c.call.deadline_ms = 1150;
    WaitUntil until = until_of(&c, 800);
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_TIMED_OUT);
    check_times(c.looks.items, c.looks.count, "1000 1100 1150");
    case_close(&c);
    case_open(&c);
    c.call.deadline_ms = 900; /* already past: one check still runs */
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_TIMED_OUT);
    check_times(c.looks.items, c.looks.count, "1000");
    case_close(&c);
}

/* A check that takes longer than the remaining time is followed by one more. */
static void slow_looks_count(void **) {
    Case c;
    case_open(&c);
    c.look_ms = 300;
    WaitUntil until = until_of(&c, 500);
    assert_int_equal(wait_until(&c.call, &until, NULL), WAIT_TIMED_OUT);
    check_times(c.left.items, c.left.count, "500 100 0");
    case_close(&c);
}

static void cancellation_ends_it(void **) {
    Case c;
    case_open(&c);
    c.time.cancel_at_ms = 1250;
    WaitUntil until = until_of(&c, 100000);
    assert_false(wait_until_done(&c.call, &until, &c.diags));
    check_times(c.looks.items, c.looks.count, "1000 1100");
    check_str(c.diags.items[0].summary, "Interrupted");
    assert_true(str_find(c.diags.items[0].detail, STR("Last seen: starting."), 0) != SIZE_MAX);
    case_close(&c);
}

static void errors_name_the_condition(void **) {
    Case c;
    case_open(&c);
    WaitUntil until = until_of(&c, 65000);
    assert_false(wait_until_done(&c.call, &until, &c.diags));
    check_str(c.diags.items[0].summary, "Timed out");
    check_str(c.diags.items[0].detail,
              "The wait for the thing took longer than the limit of 1m5s. Last seen: starting.");
    case_close(&c);
    case_open(&c);
    c.fails_at_ms = 1100;
    until = until_of(&c, 65000);
    assert_false(wait_until_done(&c.call, &until, &c.diags));
    assert_int_equal(c.diags.count, 0); /* only those of the check */
    assert_int_equal(c.looks.count, 2);
    case_close(&c);
}

static void repetitions_are_counted(void **) {
    Case c;
    case_open(&c);
    static const WaitPauses pauses = {.first_ms = 300, .last_ms = 1200, .count = 3};
    unsigned attempt = 0;
    while (wait_until_retry(&c.call, &pauses, &attempt))
        ;
    assert_int_equal(attempt, 3);
    check_times(c.time.sleeps.items, c.time.sleeps.count, "300 600 1200");
    attempt = 0;
    c.call.deadline_ms = c.time.now_ms + 100;
    assert_false(wait_until_retry(&c.call, &pauses, &attempt));
    case_close(&c);
}

UNIT_MAIN(test_wait_until) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_condition_that_holds_costs_no_pause),
        cmocka_unit_test(pauses_double_up_to_the_longest),
        cmocka_unit_test(the_last_look_is_at_the_end),
        cmocka_unit_test(the_earlier_end_counts),
        cmocka_unit_test(slow_looks_count),
        cmocka_unit_test(cancellation_ends_it),
        cmocka_unit_test(errors_name_the_condition),
        cmocka_unit_test(repetitions_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
