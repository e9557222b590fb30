/* A lock that expires: kept while it is renewed, lost if the store rejects a renewal or does not
 * answer. */
#include "unit.h"

#include "state_lease.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

#define TERM_MS  300
#define GRACE_MS 200

typedef struct Store {
    atomic_int renewals;
    atomic_int answer;
} Store;

static LeaseResult renew(void *self, int64_t timeout_ms, const CancelToken *, Str *problem,
                         Arena *) {
    Store *store = self;
    (void)timeout_ms;
    *problem = STR("no answer came");
    atomic_fetch_add(&store->renewals, 1);
    return (LeaseResult)atomic_load(&store->answer);
}

typedef struct Case {
    Store store;
    StateLease *lease;
    Diags diags;
} Case;

static void begin(Case *it, LeaseResult answer, Arena *arena) {
    atomic_store(&it->store.answer, (int)answer);
    it->diags = diags_new(arena);
    LeaseRequest request = {
        .clock = &clock_real,
        .term_ms = TERM_MS,
        .began_ms = clock_real.monotonic_ms(NULL),
        .what = STR("store/key"),
        .self = &it->store,
        .renew = renew,
    };
    it->lease = state_lease_start(&request, arena, &it->diags);
    assert_non_null(it->lease);
    assert_true(state_lease_check(it->lease, &it->diags));
}

static void wait_for_renewals(Case *it, int count) {
    for (int i = 0; i < 2000 && atomic_load(&it->store.renewals) < count; i++)
        (void)clock_real.sleep_ms(NULL, 5, NULL);
    assert_true(atomic_load(&it->store.renewals) >= count);
}

static void check_lost(Case *it) {
    for (int i = 0; i < 2000 && it->diags.error_count == 0; i++) {
        (void)clock_real.sleep_ms(NULL, 5, NULL);
        (void)!state_lease_check(it->lease, &it->diags);
    }
    check_str(it->diags.items[0].summary, "State lock lost");
    assert_true(str_find(it->diags.items[0].detail, STR("store/key"), 0) != SIZE_MAX);
    assert_true(str_find(it->diags.items[0].detail, STR("no answer came"), 0) != SIZE_MAX);
}

static void kept_beyond_its_term(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = {0};
    begin(&it, LEASE_RENEWED, arena);
    wait_for_renewals(&it, 8); /* more than two terms */
    assert_true(state_lease_check(it.lease, &it.diags));
    state_lease_stop(it.lease);
}

static void lost_as_the_store_says(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = {0};
    begin(&it, LEASE_LOST, arena);
    check_lost(&it);
    assert_int_equal(atomic_load(&it.store.renewals), 1);
    state_lease_stop(it.lease);
}

/* A late renewal does not restore the lock: another process may have held it in between. */
static void lost_without_an_answer(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Case it = {0};
    int64_t before = clock_real.monotonic_ms(NULL);
    begin(&it, LEASE_NO_REPLY, arena);
    check_lost(&it);
    assert_true(clock_real.monotonic_ms(NULL) - before >= TERM_MS);
    atomic_store(&it.store.answer, (int)LEASE_RENEWED);
    (void)clock_real.sleep_ms(NULL, 50, NULL);
    assert_false(state_lease_check(it.lease, &it.diags));
    state_lease_stop(it.lease);
}

static void stopping_does_not_wait(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Store store = {0};
    LeaseRequest request = {
        .clock = &clock_real,
        .term_ms = 3600000,
        .began_ms = clock_real.monotonic_ms(NULL),
        .self = &store,
        .renew = renew,
    };
    StateLease *lease = state_lease_start(&request, arena, &diags);
    int64_t before = clock_real.monotonic_ms(NULL);
    state_lease_stop(lease);
    state_lease_stop(NULL);
    assert_true(clock_real.monotonic_ms(NULL) - before < 60000);
}

static void note_loss(void *payload, Str text) {
    if (str_find(text, STR("kills itself"), 0) != SIZE_MAX)
        atomic_store((atomic_int *)payload, 1);
}

typedef struct Ending {
    LeaseResult answer;
    bool checks; /* it begins changes */
    bool stops;  /* it is stopped */
    int status;  /* that of waitpid */
} Ending;

/* A process that holds the lock for three terms. */
static _Noreturn void hold_lock(const Ending *row) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Store store = {.answer = (int)row->answer};
    atomic_int noted = 0;
    int64_t began = clock_real.monotonic_ms(NULL);
    LeaseRequest request = {
        .clock = &clock_real,
        .term_ms = TERM_MS,
        .grace_ms = GRACE_MS,
        .began_ms = began,
        .self = &store,
        .renew = renew,
        .note = note_loss,
        .payload = &noted,
    };
    StateLease *lease = state_lease_start(&request, arena, &diags);
    if (row->checks && !state_lease_check(lease, &diags))
        _exit(2);
    if (row->stops)
        (void)raise(SIGSTOP);
    if (row->checks && row->answer != LEASE_RENEWED) {
        while (!atomic_load(&noted))
            (void)clock_real.sleep_ms(NULL, 5, NULL);
        (void)clock_real.sleep_ms(NULL, 60000, NULL);
    }
    while (clock_real.monotonic_ms(NULL) < began + 3 * (int64_t)TERM_MS)
        (void)clock_real.sleep_ms(NULL, 5, NULL);
    state_lease_stop(lease);
    _exit(0);
}

/* A process that has begun changes and lost its lock ends before others may take it over, even if
 * it is stopped. */
static void ends_before_a_takeover(void **) {
    static const Ending rows[] = {
        {LEASE_RENEWED, true, false, 0},       {LEASE_NO_REPLY, false, false, 0},
        {LEASE_LOST, false, false, 0},         {LEASE_NO_REPLY, true, false, SIGKILL},
        {LEASE_NO_REPLY, true, true, SIGKILL}, {LEASE_LOST, true, false, SIGKILL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        int64_t began = clock_real.monotonic_ms(NULL);
        int status = -1;
        pid_t child = fork();
        if (child == 0)
            hold_lock(&rows[i]);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, rows[i].status);
        if (status)
            assert_true(clock_real.monotonic_ms(NULL) - began >= TERM_MS);
    }
}

static void grace(void **) {
    assert_int_equal(state_lease_grace_ms(3000), 3000);
    assert_int_equal(state_lease_grace_ms(30000), 30000);
    assert_int_equal(state_lease_grace_ms(3600000), 30000);
}

UNIT_MAIN(test_state_lease) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_beyond_its_term),   cmocka_unit_test(lost_as_the_store_says),
        cmocka_unit_test(lost_without_an_answer), cmocka_unit_test(stopping_does_not_wait),
        cmocka_unit_test(ends_before_a_takeover), cmocka_unit_test(grace),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
