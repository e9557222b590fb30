/* Sizes as text. */
#include "byte_size.h"

#include "unit.h"

static void test_parse(void **) {
    static const struct {
        const char *text;
        bool is_size;
        uint64_t bytes;
    } cases[] = {
        {"0", true, 0},
        {"1073741824", true, 1073741824},
        {"512M", true, 512ull << 20},
        {"20G", true, 20ull << 30},
        {"20GiB", true, 20ull << 30},
        {"1 T", true, 1ull << 40},
        {"64K", true, 65536},
        {"12B", true, 12},
        {"", false, 0},
        {"G", false, 0},
        {"20GB", false, 0},
        {"1.5G", false, 0},
        {"-1", false, 0},
        {"9999999999T", false, 0},
        {"9223372036854775807", true, INT64_MAX},
        {"9223372036854775808", false, 0},
        {"18446744073709551616", false, 0},
        {"8388607T", true, 8388607ull << 40},
        {"8388608T", false, 0},
        {"9007199254740991K", true, 9007199254740991ull << 10},
        {"9007199254740992K", false, 0},
        {"00000000000000000000007", true, 7},
        {"", false, 0},
        {" ", false, 0},
        {"G", false, 0},
        {" 1G", false, 0},
        {"1G1", false, 0},
        {"1GG", false, 0},
        {"1KiBB", false, 0},
        {"1Ki", false, 0},
        {"1KB", false, 0},
        {"1BiB", false, 0},
        {"1 K iB", false, 0},
        {"+1", false, 0},
        {"1e3", false, 0},
        {"0x10", false, 0},
        {"1_000", false, 0},
        {"\xd9\xa1", false, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t bytes = 0;
        bool is_size = byte_size_parse(str_from_cstr(cases[i].text), &bytes);
        if (is_size != cases[i].is_size || bytes != cases[i].bytes)
            fail_msg("%s: %d %llu", cases[i].text, is_size, (unsigned long long)bytes);
    }
    uint64_t bytes = 7;
    assert_false(byte_size_parse((Str){"1\0", 2}, &bytes));
    assert_false(byte_size_parse((Str){"1K\0", 3}, &bytes));
    assert_int_equal(bytes, 7);
}

/* Printed sizes parse to the same value. */
static void test_round(void **) {
    static const uint64_t cases[] = {0, 1, 1023, 1024, 20ull << 30, INT64_MAX};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint64_t bytes = 0;
        assert_true(byte_size_parse(byte_size_to_str(cases[i], arena), &bytes));
        assert_int_equal(bytes, cases[i]);
    }
}

UNIT_MAIN(test_byte_size) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_parse), cmocka_unit_test(test_round)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
