/* gcm: a published vector; a change of any bit is noticed. */
#include "gcm.h"
#include "hex.h"
#include "unit.h"

#define VECTOR                                                                                     \
    "000102030405060708090a0b"                                                                     \
    "2f67ba77aac9e26ce233fbefeda7834769e15de3e9c91f31f0bbf7c6"

static Str hex(const char *text, Arena *arena) {
    Str bytes;
    assert_true(hex_decode(str_from_cstr(text), &bytes, arena));
    return bytes;
}

static Str key_of(size_t size, Arena *arena) {
    char *bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)i;
    return (Str){bytes, size};
}

static void test_vector(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str plain;
    assert_true(gcm_open(key_of(32, arena), STR("aad"), hex(VECTOR, arena), &plain, arena));
    check_str(plain, "hello, world");
}

static void test_both_ways(void **) {
    static const size_t sizes[] = {16, 24, 32};
    static const char *const texts[] = {"", "x", "a text of more than one block of AES, it is"};
    for (size_t i = 0; i < ARRAY_COUNT(sizes) * ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str key = key_of(sizes[i / ARRAY_COUNT(texts)], arena);
        Str text = str_from_cstr(texts[i % ARRAY_COUNT(texts)]), plain;
        Str sealed = gcm_seal(key, STR("a"), text, arena);
        Str again = gcm_seal(key, STR("a"), text, arena);
        assert_int_equal(sealed.len, text.len + GCM_NONCE_BYTES + GCM_TAG_BYTES);
        assert_false(str_equal(sealed, again));
        assert_true(gcm_open(key, STR("a"), sealed, &plain, arena));
        check_str_equal(plain, text);
        assert_false(gcm_open(key, STR("b"), sealed, &plain, arena));
    }
}

static void test_changed_bits(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str key = key_of(32, arena), plain;
    Str sealed = gcm_seal(key, STR_EMPTY, STR("hello, world"), arena);
    for (size_t bit = 0; bit < sealed.len * 8; bit++) {
        Str changed = str_clone(sealed, arena);
        ((char *)changed.ptr)[bit / 8] ^= (char)(1 << bit % 8);
        assert_false(gcm_open(key, STR_EMPTY, changed, &plain, arena));
    }
    for (size_t size = 0; size < sealed.len; size++)
        assert_false(gcm_open(key, STR_EMPTY, str_slice(sealed, 0, size), &plain, arena));
}

static void test_keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t size = 0; size < 40; size++)
        assert_int_equal(gcm_is_key(key_of(size, arena)), size == 16 || size == 24 || size == 32);
}

UNIT_MAIN(test_gcm) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vector),
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_changed_bits),
        cmocka_unit_test(test_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
