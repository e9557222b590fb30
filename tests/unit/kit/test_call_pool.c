/* Work in several threads: each index once, diagnostics in order, results that stay. */
#include "unit.h"

#include "call_pool.h"

#include <stdatomic.h>

#define COUNT 200

typedef struct PoolCase {
    atomic_uint calls[COUNT];
    Str results[COUNT];
    bool is_clean[COUNT]; /* the thread's arena was empty */
} PoolCase;

static void work(void *payload, size_t index, const Call *call, Arena *keep, Diags *diags) {
    PoolCase *test = payload;
    atomic_fetch_add(&test->calls[index], 1);
    test->is_clean[index] = arena_used(call->arena) == 0;
    memset(arena_alloc(call->arena, 100000), 'x', 100000);
    test->results[index] = str_format(keep, "result %zu", index);
    if (index % 50 == 0)
        diags_error(diags, NO_RANGE, "Failed", "Number %zu.", index);
}

static void test_pool(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PoolCase *test = arena_new(arena, PoolCase);
    Call call = {.arena = arena};
    Diags diags = diags_new(arena);
    call_pool_run(&call, COUNT, work, test, &diags);
    for (size_t i = 0; i < COUNT; i++) {
        assert_int_equal(atomic_load(&test->calls[i]), 1);
        assert_true(test->is_clean[i]);
        check_str_equal(test->results[i], str_format(arena, "result %zu", i));
    }
    assert_true(arena_used(arena) < 100000);
    assert_int_equal(diags.count, 4);
    check_str(diags.items[0].detail, "Number 0.");
    check_str(diags.items[3].detail, "Number 150.");
    call_pool_run(&call, 0, work, test, &diags);
    assert_int_equal(diags.count, 4);
}

UNIT_MAIN(test_call_pool) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
