/* Published test vectors. */
#include "unit.h"

#include "digest.h"

static void hashes(void **state) {
    (void)state;
    static const struct {
        DigestKind kind;
        const char *text, *wanted;
    } cases[] = {
        {DIGEST_MD5,    "",    "d41d8cd98f00b204e9800998ecf8427e"                                },
        {DIGEST_MD5,    "abc", "900150983cd24fb0d6963f7d28e17f72"                                },
        {DIGEST_SHA1,   "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"                        },
        {DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DIGEST_SHA512, "abc",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
         "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"                                              },
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str text = str_from_cstr(cases[i].text);
        check_str(digest_hex(cases[i].kind, text, arena), cases[i].wanted);
        Digest *digest = digest_open(cases[i].kind);
        for (size_t j = 0; j < text.len; j++)
            digest_update(digest, str_slice(text, j, j + 1));
        digest_update(digest, (Str){0});
        check_str(digest_finish(digest, arena), cases[i].wanted);
    }
}

static void base64(void **state) {
    (void)state;
    static const struct {
        Str bytes;
        const char *standard, *url;
    } cases[] = {
        {STR_CONST(""),           "",         ""        },
        {STR_CONST("f"),          "Zg==",     "Zg"      },
        {STR_CONST("fo"),         "Zm8=",     "Zm8"     },
        {STR_CONST("foo"),        "Zm9v",     "Zm9v"    },
        {STR_CONST("foobar"),     "Zm9vYmFy", "Zm9vYmFy"},
        {STR_CONST("\0\xfb\xff"), "APv/",     "APv_"    },
        {STR_CONST("\xfb\xef"),   "++8=",     "--8"     },
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(digest_to_base64(cases[i].bytes, arena), cases[i].standard);
        check_str(digest_to_base64url(cases[i].bytes, arena), cases[i].url);
        Str back;
        assert_true(digest_from_base64(str_from_cstr(cases[i].standard), &back, arena));
        check_str_equal(back, cases[i].bytes);
    }
}

static void base64_refuses(void **state) {
    (void)state;
    static const char *const cases[] = {
        "Zg", "Zg=", "Z===", "====", "Zg==Zg==", "Zm 9v", " Zm9v", "Zm9\n", "Zm9-", "Z=9v",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str out = STR("untouched");
        assert_false(digest_from_base64(str_from_cstr(cases[i]), &out, arena));
        check_str(out, "untouched");
    }
}

static void base64_of_much(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    size_t size = ((size_t)7 << 20) + 1;
    char *bytes = arena_alloc(arena, size);
    for (size_t i = 0; i < size; i++)
        bytes[i] = (char)(i * 31 + (i >> 8));
    Str back;
    assert_true(digest_from_base64(digest_to_base64((Str){bytes, size}, arena), &back, arena));
    assert_true(str_equal(back, (Str){bytes, size}));
}

static void hex(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Str out = STR("untouched");
    check_str(digest_to_hex(STR("\x00\xff\x1a"), arena), "00ff1a");
    assert_false(digest_from_hex(STR("0"), &out, arena));
    assert_false(digest_from_hex(STR("0g"), &out, arena));
    check_str(out, "untouched");
    assert_true(digest_from_hex(STR("41Fa"), &out, arena));
    check_str(out, "A\xfa");
}

static void crc(void **state) {
    (void)state;
    assert_int_equal(digest_crc32c(STR("123456789")), 0xe3069283);
    assert_int_equal(digest_crc32c(STR("")), 0);
}

static void uuids(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Str dns = STR("6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    check_str(digest_uuid5(dns, STR("www.example.com"), arena),
              "2ed6657d-e927-568b-95e1-2665a8aea6a2");
    check_str(digest_uuid5(STR("6ba7b810"), STR("x"), arena), "");
    check_str(digest_uuid5(STR("6ba7b810-9dad-11d1-80b4-00c04fd430cz"), STR("x"), arena), "");
    check_str(digest_uuid5(STR("6ba7b8109-dad-11d1-80b4-00c04fd430c8"), STR("x"), arena), "");
    Str random = digest_uuid4(arena);
    assert_int_equal(random.len, 36);
    assert_int_equal(random.ptr[14], '4');
    assert_non_null(strchr("89ab", random.ptr[19]));
    assert_false(str_equal(random, digest_uuid4(arena)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(base64),
        cmocka_unit_test(base64_refuses),
        cmocka_unit_test(base64_of_much),
        cmocka_unit_test(hex),
        cmocka_unit_test(crc),
        cmocka_unit_test(uuids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
