/* Renewal before expiry, by one thread; failed renewals; discarded tokens. */
#include "unit.h"

#include "problem.h"
#include "thread.h"
#include "token_source.h"

#include <stdatomic.h>

typedef struct Issuer {
    _Atomic int64_t now_ms;
    _Atomic int count; /* calls of `issue` */
    _Atomic bool fails;
    _Atomic bool holds; /* `issue` waits until it is false */
    int64_t term_ms;    /* 0: tokens do not expire */
    Clock clock;
} Issuer;

static int64_t issuer_now(void *self) {
    return atomic_load(&((Issuer *)self)->now_ms);
}

static bool issue(void *self, const CancelToken *, AccessToken *out, Str *problem, Arena *arena) {
    Issuer *issuer = self;
    int number = atomic_fetch_add(&issuer->count, 1) + 1;
    while (atomic_load(&issuer->holds))
        sched_yield();
    if (atomic_load(&issuer->fails))
        return problem_text(problem, "the server is down");
    out->text = str_format(arena, "t%d", number);
    out->expires_ms = issuer->term_ms ? issuer_now(self) + issuer->term_ms : 0;
    return true;
}

static TokenSource *source_of(Issuer *issuer, int64_t term_ms) {
    *issuer = (Issuer){.term_ms = term_ms, .now_ms = 1000000};
    issuer->clock = clock_real;
    issuer->clock.self = issuer;
    issuer->clock.now_ms = issuer_now;
    return token_source_open(&issuer->clock, issue, issuer);
}

static void check_token(TokenSource *source, const char *wanted) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str token = STR_EMPTY, problem = STR_EMPTY;
    bool ok = token_source_get(source, NULL, &token, &problem, arena);
    check_str(ok ? token : problem, wanted);
}

static void renews(void **) {
    static const struct {
        int64_t term_s;
        int64_t last_s; /* the last second that the first token is used */
    } rows[] = {{3600, 3299}, {600, 299}, {60, 29}, {0, 1000000}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Issuer issuer;
        TokenSource *source = source_of(&issuer, rows[i].term_s * 1000);
        check_token(source, "t1");
        issuer.now_ms += rows[i].last_s * 1000;
        check_token(source, "t1");
        issuer.now_ms += 1000;
        check_token(source, rows[i].term_s ? "t2" : "t1");
        token_source_close(source);
    }
}

static void failures(void **) {
    Issuer issuer;
    TokenSource *source = source_of(&issuer, 3600000);
    issuer.fails = true;
    check_token(source, "the server is down");
    issuer.fails = false;
    check_token(source, "t2");
    issuer.fails = true;
    issuer.now_ms += 3400000;
    check_token(source, "t2");
    check_token(source, "t2");
    assert_int_equal(issuer.count, 3); /* the next attempt waits */
    issuer.now_ms += 31000;
    check_token(source, "t2");
    assert_int_equal(issuer.count, 4);
    issuer.now_ms += 200000;
    check_token(source, "the server is down");
    token_source_close(source);
}

static void discarded(void **) {
    Issuer issuer;
    TokenSource *source = source_of(&issuer, 0);
    check_token(source, "t1");
    token_source_discard(source, STR("t0"));
    check_token(source, "t1");
    token_source_discard(source, STR("t1"));
    check_token(source, "t2");
    token_source_close(source);
    token_source_close(NULL);
}

static void ask(void *payload) {
    check_token(payload, "t1");
}

static void one_renews(void **) {
    Issuer issuer;
    TokenSource *source = source_of(&issuer, 3600000);
    Thread *threads[8];
    issuer.holds = true;
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        threads[i] = thread_start(THREAD_ATTEMPT, ask, source);
    while (issuer.count == 0)
        sched_yield();
    issuer.holds = false;
    for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
        thread_join(threads[i]);
    assert_int_equal(issuer.count, 1);
    token_source_close(source);
}

static void renew_slowly(void *payload) {
    check_token(payload, "t2");
}

/* While one thread renews, another one uses the old token; a cancelled one waits no longer. */
static void others(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Issuer issuer;
    TokenSource *source = source_of(&issuer, 3600000);
    CancelToken *cancel = cancel_open();
    Str token, problem = STR_EMPTY;
    check_token(source, "t1");
    issuer.now_ms += 3400000;
    issuer.holds = true;
    Thread *thread = thread_start(THREAD_ATTEMPT, renew_slowly, source);
    while (issuer.count == 1)
        sched_yield();
    check_token(source, "t1");
    issuer.now_ms += 300000;
    cancel_raise(cancel, CANCEL_NOW);
    assert_false(token_source_get(source, cancel, &token, &problem, arena));
    check_str(problem, "the wait for an access token was interrupted");
    issuer.holds = false;
    thread_join(thread);
    cancel_close(cancel);
    token_source_close(source);
}

UNIT_MAIN(test_token_source) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(renews),     cmocka_unit_test(failures), cmocka_unit_test(discarded),
        cmocka_unit_test(one_renews), cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
