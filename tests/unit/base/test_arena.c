/* Alignment, zeroing, growth in place, reset, join. */
#include "unit.h"

#include "arena.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif

static void allocations_are_zeroed_and_aligned(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const size_t sizes[] = {0, 1, 15, 16, 17, 100, 4000, 5000, 70000, 300000, 5000000};
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
            unsigned char *memory = arena_alloc(arena, sizes[i]);
            assert_int_equal((uintptr_t)memory % 16, 0);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(memory[j], 0);
            memset(memory, 0xee, sizes[i]);
        }
        if (round == 1)
            arena_reset(arena);
    }
}

static void newest_grows_in_place(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char *text = arena_alloc(arena, 10);
    memset(text, 'x', 10);
    char *grown = arena_grow(arena, text, 10, 100);
    assert_ptr_equal(grown, text);
    assert_int_equal(grown[9], 'x');
    assert_int_equal(grown[10], 0);
    arena_alloc(arena, 1);
    char *moved = arena_grow(arena, grown, 100, 200);
    assert_ptr_not_equal(moved, grown);
    assert_int_equal(moved[9], 'x');
    assert_ptr_equal(arena_grow(arena, moved, 200, 50), moved);
}

static void large_allocations_grow(void **) {
    const size_t size = (size_t)3 << 20;
    SCOPED(ArenaRef) arena = arena_open("test");
    char *first = arena_alloc(arena, size);
    char *second = arena_alloc(arena, size);
    memset(first, 'a', size);
    memset(second, 'b', size);
    char *small = arena_alloc(arena, 10);
    memset(small, 'c', 10);
    first = arena_grow(arena, first, size, 4 * size);
    second = arena_grow(arena, second, size, 2 * size);
    for (size_t i = 0; i < size; i++)
        assert_true(first[i] == 'a' && second[i] == 'b');
    for (size_t i = size; i < 2 * size; i++)
        assert_true(first[i] == 0 && second[i] == 0);
    assert_int_equal(small[9], 'c');
    SCOPED(ArenaRef) other = arena_open("test");
    first = arena_grow(arena, first, 4 * size, 5 * size);
    arena_join(other, arena);
    arena = NULL;
    second = arena_grow(other, second, 2 * size, 3 * size);
    assert_true(first[0] == 'a' && second[0] == 'b' && second[3 * size - 1] == 0);
}

/* A text that grows leaves no copies behind. */
static void growth_leaves_nothing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const size_t most = (size_t)64 << 20;
    size_t size = (size_t)2 << 20;
    char *text = arena_alloc(arena, size);
    for (; size < most; size *= 2)
        text = arena_grow(arena, text, size, size * 2);
    assert_int_equal(text[most - 1], 0);
#ifndef __SANITIZE_ADDRESS__
    assert_true(arena_used(arena) < most + 4096);
#endif
}

static void reset_discards(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (int i = 0; i < 1000; i++)
        arena_alloc(arena, 1000);
    assert_true(arena_used(arena) >= 1000000);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    char *first = arena_alloc(arena, 10);
    arena_reset(arena);
    assert_ptr_equal(arena_alloc(arena, 10), first);
    arena_reset(arena);
    arena_reset(arena);
}

static void reset_of_an_unused_arena(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    arena_reset(arena);
    assert_non_null(arena_alloc(arena, 1));
    arena_close(NULL);
}

static void joined_memory_lives_on(void **) {
    SCOPED(ArenaRef) into = arena_open("into");
    static const size_t sizes[] = {0, 8, 3000, 900000};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        Arena *from = arena_open("from");
        char *memory = sizes[i] ? arena_alloc(from, sizes[i]) : NULL;
        size_t used = arena_used(into) + arena_used(from);
        arena_join(into, from);
        assert_int_equal(arena_used(into), used);
        if (memory)
            memset(memory, 1, sizes[i]);
        memset(arena_alloc(into, 500), 2, 500);
        if (memory)
            assert_int_equal(memory[sizes[i] - 1], 1);
    }
    arena_reset(into);
    arena_alloc(into, 5000);
}

static void strangers_are_poisoned(void **) {
#if defined(__SANITIZE_ADDRESS__)
    SCOPED(ArenaRef) arena = arena_open("test");
    char *first = arena_alloc(arena, 20);
    char *second = arena_alloc(arena, 20);
    assert_false(__asan_address_is_poisoned(first + 19));
    assert_true(__asan_address_is_poisoned(first + 20));
    assert_true(__asan_address_is_poisoned(second + 24));
    arena_reset(arena);
    assert_true(__asan_address_is_poisoned(first));
#endif
}

UNIT_MAIN(test_arena) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_zeroed_and_aligned),
        cmocka_unit_test(newest_grows_in_place),
        cmocka_unit_test(large_allocations_grow),
        cmocka_unit_test(growth_leaves_nothing),
        cmocka_unit_test(reset_discards),
        cmocka_unit_test(reset_of_an_unused_arena),
        cmocka_unit_test(joined_memory_lives_on),
        cmocka_unit_test(strangers_are_poisoned),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
