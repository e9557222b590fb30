/* deflate: zlib unpacks the result; the bytes never change, because users compare their digests. */
#include "deflate.h"
#include "digest.h"
#include "unit.h"

#include <zlib.h>

static const DeflateSearch fast = {.chain = 32, .nice = 32};
static const DeflateSearch usual = {.chain = 128, .nice = 128};

/* Letters of an alphabet of this size, in a fixed pseudo-random order. */
static Str letters(unsigned alphabet, size_t count, Arena *arena) {
    char *text = arena_alloc(arena, count);
    uint32_t x = 1;
    for (size_t i = 0; i < count; i++) {
        x = x * 1664525U + 1013904223U;
        text[i] = (char)('a' + (x >> 24) % alphabet);
    }
    return (Str){text, count};
}

static void check_round(Str in, DeflateSearch search, Arena *arena) {
    Str packed = deflate_bytes(in, search, arena);
    unsigned char *out = arena_alloc(arena, in.len + 1);
    z_stream stream = {0};
    assert_int_equal(inflateInit2(&stream, -15), Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)packed.ptr;
    stream.avail_in = (unsigned)packed.len;
    stream.next_out = out;
    stream.avail_out = (unsigned)in.len + 1;
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, in.len);
    assert_int_equal(stream.avail_in, 0);
    assert_memory_equal(out, in.ptr, in.len);
    inflateEnd(&stream);
}

static void test_unpacks(void **) {
    static const unsigned alphabets[] = {1, 2, 4, 26, 120};
    static const size_t sizes[] = {0, 1, 2, 3, 4, 5, 300, 32767, 32769, 65275, 65537, 150000};
    for (size_t a = 0; a < ARRAY_COUNT(alphabets); a++) {
        for (size_t s = 0; s < ARRAY_COUNT(sizes); s++) {
            SCOPED(ArenaRef) arena = arena_open("test");
            check_round(letters(alphabets[a], sizes[s], arena), s % 2 ? fast : usual, arena);
        }
    }
}

static void check_digest(Str in, DeflateSearch search, const char *sha1, Arena *arena) {
    Str packed = deflate_bytes(in, search, arena);
    check_str(digest_hex(DIGEST_SHA1, packed, arena), sha1);
}

static void test_same_bytes_for_good(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_digest(letters(4, 300000, arena), fast, "8ad7055c3e438df4867744477f4158d7a1951417",
                 arena);
    check_digest(letters(4, 300000, arena), usual, "6b188cff86a136c8f5e2881dd115fb3c2f9efb4b",
                 arena);
    check_digest(letters(120, 70000, arena), fast, "2dafde88ed3b77236bd941e665735e1e06620435",
                 arena);
    check_digest(letters(1, 200000, arena), usual, "61af2f46713f05e100484a43cd6b7bc8793f0727",
                 arena);
    check_digest(STR("This is some content"), fast, "e748cc88177f58af4ce75f1504edd01af5ea4a12",
                 arena);
}

UNIT_MAIN(test_deflate) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unpacks),
        cmocka_unit_test(test_same_bytes_for_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
