/* A lock that expires: kept while it is renewed, lost if the store rejects a renewal or does not
 * answer. */
#include "unit.h"

#include "state_lease.h"

#include <stdatomic.h>

#define TERM_MS 300

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

UNIT_MAIN(test_state_lease) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kept_beyond_its_term),
        cmocka_unit_test(lost_as_the_store_says),
        cmocka_unit_test(lost_without_an_answer),
        cmocka_unit_test(stopping_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
