/* Published test vectors; refused texts; long texts. */
#include "unit.h"

#include "base64.h"

static void base64(void **) {
    static const struct {
        Str bytes;
        const char *standard, *url;
    } cases[] = {
        {STR_CONST(""), "", ""},
        {STR_CONST("f"), "Zg==", "Zg"},
        {STR_CONST("fo"), "Zm8=", "Zm8"},
        {STR_CONST("foo"), "Zm9v", "Zm9v"},
        {STR_CONST("foobar"), "Zm9vYmFy", "Zm9vYmFy"},
        {STR_CONST("\0\xfb\xff"), "APv/", "APv_"},
        {STR_CONST("\xfb\xef"), "++8=", "--8"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(base64_encode(cases[i].bytes, arena), cases[i].standard);
        check_str(base64_url_encode(cases[i].bytes, arena), cases[i].url);
        Str back;
        assert_true(base64_decode(str_from_cstr(cases[i].standard), &back, arena));
        check_str_equal(back, cases[i].bytes);
        assert_true(base64_url_decode(str_from_cstr(cases[i].url), &back, arena));
        check_str_equal(back, cases[i].bytes);
    }
}

static void base64_refuses(void **) {
    static const char *const cases[] = {
        "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm 9v", " Zm9v", "Zm9\n", "Zm9-", "Z=9v",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str out = STR("untouched");
        assert_false(base64_decode(str_from_cstr(cases[i]), &out, arena));
        check_str(out, "untouched");
    }
}

static void base64_of_much(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t size = ((size_t)7 << 20) + 1;
    char *bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + (i >> 8));
    Str back;
    assert_true(base64_decode(base64_encode((Str){bytes, size}, arena), &back, arena));
    assert_true(str_equal(back, (Str){bytes, size}));
}

UNIT_MAIN(test_base64) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(base64),
        cmocka_unit_test(base64_refuses),
        cmocka_unit_test(base64_of_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
