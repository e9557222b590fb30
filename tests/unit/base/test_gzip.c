/* Compresses and decompresses; rejects incomplete data. */
#include "unit.h"

#include "gzip.h"

static void there_and_back(void **) {
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

static void damaged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str packed = gzip_pack(STR("some text that is long enough to be damaged"), arena);
    Str out;
    char *bytes = (char *)str_to_cstr(packed, arena);
    bytes[packed.len / 2] ^= 1;
    assert_false(gzip_unpack((Str){bytes, packed.len}, &out, arena));
    assert_false(gzip_unpack(STR("no gzip at all"), &out, arena));
}

typedef struct Reader {
    size_t got, limit;
} Reader;

static bool take(void *self, Str piece) {
    Reader *reader = self;
    reader->got += piece.len;
    return reader->got <= reader->limit;
}

static void stops_when_the_reader_has_enough(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t size = 10000000;
    Str zeros = {memset(arena_alloc(arena, size), 0, size), size};
    Str packed = gzip_pack(zeros, arena);
    Reader all = {.limit = size}, few = {.limit = 1000};
    assert_true(gzip_unpack_to(packed, take, &all));
    assert_int_equal(all.got, size);
    assert_false(gzip_unpack_to(packed, take, &few));
    assert_true(few.got < size / 10);
}

UNIT_MAIN(test_gzip) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(damaged),
        cmocka_unit_test(stops_when_the_reader_has_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
