/* Shapes of repeated blocks, and the position of a key. */
#include "unit.h"

#include "module_scope.h"

static Expansion counted(size_t count, Arena *arena) {
    Expansion expansion = {.kind = REPEAT_COUNT, .count = count};
    expansion.keys = arena_new_array(arena, InstanceKey, count);
    for (size_t i = 0; i < count; i++) {
        expansion.keys[i] = (InstanceKey){.kind = KEY_INT, .index = (int64_t)i};
    }
    return expansion;
}

static Expansion keyed(const char *const *keys, size_t count, Arena *arena) {
    Expansion expansion = {.kind = REPEAT_EACH, .count = count};
    expansion.keys = arena_new_array(arena, InstanceKey, count);
    for (size_t i = 0; i < count; i++) {
        expansion.keys[i] = (InstanceKey){.kind = KEY_STRING, .text = str_from_cstr(keys[i])};
    }
    return expansion;
}

static void shapes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const keys[] = {"a", "b"};
    Value values[] = {value_int(1), value_int(2)};
    Expansion one = {.kind = REPEAT_NONE, .count = 1};
    Expansion two = counted(2, arena);
    Expansion none = counted(0, arena);
    Expansion named = keyed(keys, 2, arena);
    Expansion no_names = keyed(keys, 0, arena);
    check_str(value_display(module_scope_combine(&one, values, arena), 0, arena), "1");
    check_str(value_display(module_scope_combine(&two, values, arena), 0, arena), "[1, 2]");
    check_str(value_display(module_scope_combine(&none, values, arena), 0, arena), "[]");
    check_str(value_display(module_scope_combine(&named, values, arena), 0, arena),
              "{a = 1, b = 2}");
    check_str(value_display(module_scope_combine(&no_names, values, arena), 0, arena), "{}");
}

static void finds_keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const keys[] = {"a", "c", "e", "g", "i"};
    Expansion named = keyed(keys, ARRAY_COUNT(keys), arena);
    size_t index = 0;
    for (size_t i = 0; i < ARRAY_COUNT(keys); i++) {
        assert_true(expansion_find(&named, named.keys[i], &index));
        assert_int_equal(index, i);
    }
    static const char *const absent[] = {"", "b", "h", "z"};
    for (size_t i = 0; i < ARRAY_COUNT(absent); i++) {
        InstanceKey key = {.kind = KEY_STRING, .text = str_from_cstr(absent[i])};
        assert_false(expansion_find(&named, key, &index));
    }
    assert_false(expansion_find(&named, (InstanceKey){.kind = KEY_INT, .index = 1}, &index));
    Expansion unknown = {.kind = REPEAT_COUNT, .is_unknown = true, .count = 1};
    assert_false(expansion_find(&unknown, (InstanceKey){.kind = KEY_INT}, &index));
}

UNIT_MAIN(test_evaluate) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes),
        cmocka_unit_test(finds_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
