/* Signatures of GnuPG: good ones, and every kind of damage. */
#include "arena_case.h"

#include "base64.h"
#include "openpgp.h"
#include "openpgp_recorded.h"

#define SIGNED STR("data to sign\n")

static bool verify_bytes(Str data, Str signature, Str keys, OpenpgpKey *key, Str *problem) {
    OpenpgpSigned input = {data, signature, keys};
    return openpgp_verify(&input, 0, key, problem, arena);
}

static bool verify(Str data, const char *signature, const char *keys, Str *problem) {
    OpenpgpKey key;
    return verify_bytes(data, str_from_cstr(signature), str_from_cstr(keys), &key, problem);
}

static void good(void **) {
    static const struct {
        const char *signature;
        const char *key;
    } cases[] = {
        {signature_rsa2048, key_rsa2048},
        {signature_ed25519, key_ed25519},
        {signature_sub, key_sub}, /* a subkey of another algorithm */
        {signature_sha384, key_rsa2048},
    };
    Str all = str_format(arena, "%s%s%s", key_sub, key_ed25519, key_rsa2048);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str problem = STR_EMPTY;
        OpenpgpKey key;
        if (!verify(SIGNED, cases[i].signature, cases[i].key, &problem))
            fail_msg("%zu: %.*s", i, STR_ARG(problem));
        assert_true(verify_bytes(SIGNED, str_from_cstr(cases[i].signature), all, &key, &problem));
        assert_int_equal(key.fingerprint.len, 40);
        assert_true(str_ends_with(key.fingerprint, key.id));
        assert_false(verify(STR("data to sign"), cases[i].signature, cases[i].key, &problem));
        check_str(problem, "the signature does not match the content");
    }
}

static void refused(void **) {
    static const struct {
        const char *signature;
        const char *key;
        const char *problem;
    } cases[] = {
        {signature_rsa2048, key_ed25519, "none of the registry's keys made it"},
        {signature_rsa2048, "", "none of the registry's keys made it"},
        {signature_rsa2048, "garbage", "none of the registry's keys made it"},
        {signature_sha1, key_rsa2048, "it does not use SHA-256, SHA-384 or SHA-512"},
        {signature_text, key_rsa2048, "it is not a signature of version 4 for binary"},
        {key_rsa2048, key_rsa2048, "it is not an OpenPGP signature"},
        {"", key_rsa2048, "it is not an OpenPGP signature"},
        {"-----BEGIN PGP SIGNATURE-----\n\n!\n", key_rsa2048, "its armor is malformed"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str problem = STR_EMPTY;
        assert_false(verify(SIGNED, cases[i].signature, cases[i].key, &problem));
        if (!str_starts_with(problem, str_from_cstr(cases[i].problem)))
            fail_msg("%zu: %.*s", i, STR_ARG(problem));
    }
}

static Str decode(const char *armor) {
    Str text = str_from_cstr(armor);
    StrBuf packed = strbuf_new(arena);
    Str line, bytes;
    while (str_next_field(&text, '\n', &line)) {
        if (line.len && line.ptr[0] != '-' && line.ptr[0] != '=')
            strbuf_add(&packed, line);
    }
    assert_true(base64_decode(strbuf_str(&packed), &bytes, arena));
    return bytes;
}

/* No changed byte in a hashed or signed part verifies; no cut is read beyond its end. */
static void damaged(void **) {
    Str signature = decode(signature_ed25519);
    Str keys = decode(key_ed25519);
    Str problem;
    OpenpgpKey key;
    assert_true(verify_bytes(SIGNED, signature, keys, &key, &problem));
    for (size_t i = 0; i < signature.len; i++) {
        Str cut = str_clone(str_slice(signature, 0, i), arena);
        assert_false(verify_bytes(SIGNED, cut, keys, &key, &problem));
        char *bytes = (char *)str_to_cstr(signature, arena);
        bytes[i] = (char)(bytes[i] ^ 1);
        /* The unhashed part has only the issuer and the first bytes of the digest. */
        bool is_unhashed = i >= 2 + 6 + 0x28 && i < signature.len - 68;
        bool is_good = verify_bytes(SIGNED, (Str){bytes, signature.len}, keys, &key, &problem);
        if (is_good && !is_unhashed)
            fail_msg("byte %zu is not signed", i);
    }
    for (size_t i = 0; i < keys.len; i++) {
        Str cut = str_clone(str_slice(keys, 0, i), arena);
        if (verify_bytes(SIGNED, signature, cut, &key, &problem))
            assert_true(i >= 53); /* the whole primary key, the first packet */
    }
}

UNIT_MAIN(test_openpgp) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(good), cmocka_unit_test(refused),
                                       cmocka_unit_test(damaged)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
