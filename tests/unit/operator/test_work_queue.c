/* Each key once, with one worker, and never forgotten; times and waits after failures by a clock
 * that only the test moves. */
#include "arena_case.h"
#include "thread.h"
#include "work_queue.h"

static int64_t now_ms;

static int64_t case_now(void *) {
    return now_ms;
}

static const Clock clock_case = {.now_ms = case_now, .monotonic_ms = case_now};

static WorkKey key_of(const char *name) {
    return (WorkKey){1, STR("team"), str_from_cstr(name)};
}

#define FIRST 9 /* the kind of keys that come first */

static WorkQueue *open_queue(const Clock *clock) {
    WorkQueue *queue = work_queue_open(clock, FIRST);
    work_queue_begin(queue);
    return queue;
}

/* Takes the next key and gives it back. */
static Str next(WorkQueue *queue, bool has_failed) {
    WorkKey key;
    if (work_queue_depth(queue) == 0)
        return STR("-");
    assert_true(work_queue_take(queue, &key, arena));
    work_queue_done(queue, key, has_failed);
    return key.name;
}

static void once_in_order(void **) {
    WorkQueue *queue = open_queue(&clock_case);
    WorkKey other = {2, STR("team"), STR("a")}, far = {1, STR("tea"), STR("ma")};
    work_queue_add(queue, key_of("b"));
    work_queue_add(queue, key_of("a"));
    work_queue_add(queue, key_of("b"));
    work_queue_add(queue, other); /* another kind, and another namespace, are other keys */
    work_queue_add(queue, far);
    assert_int_equal(work_queue_depth(queue), 4);
    check_str(next(queue, false), "b");
    check_str(next(queue, false), "a");
    check_str(next(queue, false), "a");
    check_str(next(queue, false), "ma");
    check_str(next(queue, false), "-");
    work_queue_close(queue);
}

/* Keys of the first kind overtake the others, which wait for seven of them at most. */
static void first_kind(void **) {
    WorkQueue *queue = open_queue(&clock_case);
    StrBuf order = strbuf_new(arena);
    for (int i = 0; i < 2; i++)
        work_queue_add(queue, key_of(i ? "y" : "x"));
    for (char name[] = "a"; name[0] <= 't'; name[0]++)
        work_queue_add(queue, (WorkKey){FIRST, STR("team"), str_clone(str_from_cstr(name), arena)});
    while (work_queue_depth(queue) > 0)
        strbuf_add(&order, next(queue, false));
    check_str(strbuf_str(&order), "abcdefgxhijklmnyopqrst");
    work_queue_close(queue);
}

static void again_while_taken(void **) {
    WorkQueue *queue = open_queue(&clock_case);
    WorkKey key;
    work_queue_add(queue, key_of("a"));
    assert_true(work_queue_take(queue, &key, arena));
    work_queue_add(queue, key_of("a"));
    work_queue_add(queue, key_of("a"));
    assert_int_equal(work_queue_depth(queue), 0); /* a second worker does not get it */
    work_queue_done(queue, key, false);
    check_str(next(queue, false), "a");
    check_str(next(queue, false), "-");
    work_queue_close(queue);
}

static void times(void **) {
    WorkQueue *queue = open_queue(&clock_case);
    now_ms = 1000;
    work_queue_add_at(queue, key_of("late"), 9000);
    work_queue_add_at(queue, key_of("soon"), 3000);
    work_queue_add_at(queue, key_of("late"), 20000); /* the earliest time counts */
    work_queue_add_at(queue, key_of("soon"), 2000);
    check_str(next(queue, false), "-");
    now_ms = 2000;
    check_str(next(queue, false), "soon");
    check_str(next(queue, false), "-");
    work_queue_add(queue, key_of("late")); /* now, whatever its time */
    check_str(next(queue, false), "late");
    now_ms = 30000;
    check_str(next(queue, false), "-");
    work_queue_close(queue);
}

static void failures(void **) {
    static const int64_t waits[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300};
    WorkQueue *queue = open_queue(&clock_case);
    work_queue_add(queue, key_of("a"));
    for (size_t i = 0; i < ARRAY_COUNT(waits); i++) {
        check_str(next(queue, true), "a");
        now_ms += waits[i] * 1000 - 1;
        check_str(next(queue, true), "-");
        now_ms++;
    }
    check_str(next(queue, false), "a"); /* a success begins anew */
    work_queue_add(queue, key_of("a"));
    check_str(next(queue, true), "a");
    now_ms += 1000;
    check_str(next(queue, true), "a");
    work_queue_add(queue, key_of("a")); /* news end the wait */
    check_str(next(queue, false), "a");
    work_queue_close(queue);
}

/* Random times against a plain array. */
static void order_of_times(void **) {
    enum { KEYS = 200 };
    int64_t due[KEYS];
    uint64_t seed = 1;
    WorkQueue *queue = open_queue(&clock_case);
    for (int i = 0; i < KEYS; i++)
        due[i] = INT64_MAX;
    now_ms = 0;
    for (int round = 0; round < 20000; round++) {
        char name[16];
        int at;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        at = (int)(seed >> 33) % KEYS;
        snprintf(name, sizeof name, "k%d", at);
        if (round % 3 == 0) {
            now_ms += 7;
            for (int i = 0; i < KEYS; i++) {
                if (due[i] <= now_ms) {
                    due[i] = INT64_MAX;
                    at = -1;
                }
            }
            while (work_queue_depth(queue) > 0)
                (void)next(queue, false);
            arena_reset(arena);
            continue;
        }
        work_queue_add_at(queue, key_of(name), now_ms + (int64_t)(seed >> 50) % 500 + 1);
        if (now_ms + (int64_t)(seed >> 50) % 500 + 1 < due[at])
            due[at] = now_ms + (int64_t)(seed >> 50) % 500 + 1;
    }
    /* The others come at their times. */
    for (; now_ms < 60000; now_ms++) {
        size_t wanted = 0;
        for (int i = 0; i < KEYS; i++) {
            wanted += due[i] == now_ms;
            if (due[i] <= now_ms)
                due[i] = INT64_MAX;
        }
        assert_int_equal(work_queue_depth(queue), wanted);
        while (work_queue_depth(queue) > 0)
            (void)next(queue, false);
    }
    work_queue_close(queue);
}

/* Workers on few keys: no key with two of them, and each addition is looked at afterwards. */

enum { WORKERS = 4, SHARED = 5, ADDS = 4000 };

typedef struct Shared {
    WorkQueue *queue;
    _Atomic int owner[SHARED];
    _Atomic int added[SHARED];
    _Atomic int seen[SHARED];
    _Atomic bool is_doubled;
} Shared;

static void work(void *payload) {
    Shared *shared = payload;
    SCOPED(ArenaRef) own = arena_open("worker");
    WorkKey key;
    while (work_queue_take(shared->queue, &key, own)) {
        int at = key.name.ptr[0] - '0';
        if (shared->owner[at]++ != 0)
            shared->is_doubled = true;
        shared->seen[at] = shared->added[at];
        shared->owner[at]--;
        work_queue_done(shared->queue, key, false);
    }
}

static void workers(void **) {
    static const char *const names[SHARED] = {"0", "1", "2", "3", "4"};
    Shared shared = {.queue = open_queue(&clock_real)};
    Thread *threads[WORKERS];
    for (size_t i = 0; i < WORKERS; i++)
        assert_non_null(threads[i] = thread_start(THREAD_PARTS, work, &shared));
    for (int i = 0; i < ADDS; i++) {
        shared.added[i % SHARED]++;
        work_queue_add(shared.queue, key_of(names[i % SHARED]));
    }
    for (int at = 0; at < SHARED; at++) {
        while (shared.seen[at] != shared.added[at])
            sched_yield();
    }
    work_queue_stop(shared.queue);
    for (size_t i = 0; i < WORKERS; i++)
        thread_join(threads[i]);
    assert_false(shared.is_doubled);
    work_queue_close(shared.queue);
}

UNIT_MAIN(test_work_queue) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(once_in_order),  cmocka_unit_test(again_while_taken),
        cmocka_unit_test(times),          cmocka_unit_test(failures),
        cmocka_unit_test(order_of_times), cmocka_unit_test(workers),
        cmocka_unit_test(first_kind),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
