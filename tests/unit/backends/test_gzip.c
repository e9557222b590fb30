/* Compresses and decompresses; rejects incomplete data. */
#include "unit.h"

#include "gzip.h"

static void there_and_back(void **state) {
    (void)state;
    const size_t sizes[] = {0, 1, 100, 65535, 65536, 65537, 1000000};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrBuf text = strbuf_new(arena);
        Str out;
        for (size_t at = 0; at < sizes[i]; at++)
            strbuf_add_char(&text, (char)(at * at % 251));
        Str packed = gzip_pack(strbuf_str(&text), arena);
        assert_true(gzip_unpack(packed, &out, arena));
        check_str_equal(out, strbuf_str(&text));
        for (size_t cut = 0; cut < packed.len; cut += packed.len / 7 + 1)
            assert_false(gzip_unpack(str_slice(packed, 0, cut), &out, arena));
    }
}

static void damaged(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Str packed = gzip_pack(STR("some text that is long enough to be damaged"), arena);
    Str out;
    char *bytes = (char *)str_to_cstr(packed, arena);
    bytes[packed.len / 2] ^= 1;
    assert_false(gzip_unpack((Str){bytes, packed.len}, &out, arena));
    assert_false(gzip_unpack(STR("no gzip at all"), &out, arena));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
