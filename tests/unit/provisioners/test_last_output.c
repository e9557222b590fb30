/* last_output: keeps the end of a program's output. */
#include "last_output.h"
#include "unit.h"

typedef struct Count {
    size_t bytes;
} Count;

static void count(void *payload, Str piece, bool is_error) {
    (void)is_error;
    Count *heard = payload;
    heard->bytes += piece.len;
}

static Str words_after(Arena *arena, size_t lines, size_t *heard) {
    Count ear = {0};
    ProvisionCall call = {.call = {.arena = arena}, .payload = &ear, .output = count};
    LastOutput last = last_output_new(&call);
    for (size_t i = 0; i < lines; i++) {
        last_output_append(&last, str_format(arena, "line %zu\n", i), false);
    }
    *heard = ear.bytes;
    assert_true(last.text.len <= 2 * LAST_OUTPUT_SIZE);
    return last_output_text(&last, arena);
}

static void keeps_the_end(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t heard;
    check_str(words_after(arena, 0, &heard), "It wrote no output.");
    check_str(words_after(arena, 2, &heard), "Its last output:\n    line 0\n    line 1");
    assert_int_equal(heard, 14);
    Str words = words_after(arena, 100000, &heard);
    assert_true(words.len > LAST_OUTPUT_SIZE / 2 && words.len < LAST_OUTPUT_SIZE * 2);
    assert_true(str_starts_with(words, STR("Its last output:\n    line ")));
    assert_true(str_ends_with(words, STR("\n    line 99999")));
    assert_int_equal(heard, 1088890);
}

static void takes_one_large_piece(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Count ear = {0};
    ProvisionCall call = {.call = {.arena = arena}, .payload = &ear, .output = count};
    LastOutput last = last_output_new(&call);
    size_t size = 100000;
    char *bytes = arena_alloc(arena, size);
    memset(bytes, 'x', size);
    bytes[size - 1] = 'y';
    last_output_append(&last, (Str){bytes, size}, true);
    Str words = last_output_text(&last, arena);
    assert_true(str_ends_with(words, STR("xxxy")));
    assert_true(words.len < LAST_OUTPUT_SIZE + 40);
}

UNIT_MAIN(test_last_output) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_end),
        cmocka_unit_test(takes_one_large_piece),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
