/* Published test vectors. */
#include "unit.h"

#include "digest.h"
#include "hex.h"

static void hashes(void **) {
    static const struct {
        DigestKind kind;
        const char *text, *wanted;
    } cases[] = {
        {DIGEST_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
        {DIGEST_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
        {DIGEST_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {DIGEST_SHA256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {DIGEST_SHA512, "abc",
         "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23"
         "a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
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

/* RFC 7914, section 12: the first half of the 64 bytes there, as each output block stands alone. */
static void scrypt(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str digest = digest_scrypt(STR("pleaseletmein"), STR("SodiumChloride"), arena);
    check_str(hex_encode(digest, arena),
              "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2");
    assert_int_equal(digest_scrypt(STR_EMPTY, STR_EMPTY, arena).len, 32);
}

UNIT_MAIN(test_digest) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes),
        cmocka_unit_test(scrypt),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
