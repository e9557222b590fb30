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
        {signature_rsa2048, key_rsa2048},   {signature_ed25519, key_ed25519},
        {signature_sub, key_sub}, /* a subkey of another algorithm */
        {signature_sha384, key_rsa2048},    {signature_dsa2048, key_dsa2048},
        {signature_dsa224, key_dsa224},     {signature_nistp256, key_nistp256},
        {signature_nistp384, key_nistp384}, {signature_nistp521, key_nistp521},
    };
    Str all = str_format(arena, "%s%s%s%s%s%s%s%s", key_sub, key_ed25519, key_rsa2048, key_dsa2048,
                         key_dsa224, key_nistp256, key_nistp384, key_nistp521);
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

/* The recorded key was made at 0x6b028f25 and expires after two years. A copy of it that does not
 * expire takes precedence; here that is the same key without its statement. */
static void expired(void **) {
    static const int64_t end_s = 0x6b028f25 + 2 * 365 * 86400;
    OpenpgpSigned input = {SIGNED, str_from_cstr(signature_rsa2048), str_from_cstr(key_rsa2048)};
    OpenpgpKey key;
    Str problem, bytes, after;
    assert_true(openpgp_verify(&input, end_s - 1, &key, &problem, arena));
    assert_false(key.is_expired);
    assert_true(openpgp_verify(&input, end_s, &key, &problem, arena));
    assert_true(key.is_expired);
    bytes = decode(key_rsa2048);
    size_t size = 3 + ((size_t)(unsigned char)bytes.ptr[1] << 8 | (unsigned char)bytes.ptr[2]);
    after = str_concat(bytes, str_slice(bytes, 0, size), arena);
    input.keys = after;
    assert_true(openpgp_verify(&input, end_s, &key, &problem, arena));
    assert_false(key.is_expired);
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

/* Each kind of key and signature, cut at each byte. */
static void cut(void **) {
    static const char *const pairs[][2] = {
        {signature_dsa2048, key_dsa2048},
        {signature_nistp521, key_nistp521},
        {signature_sub, key_sub},
    };
    for (size_t i = 0; i < ARRAY_COUNT(pairs); i++) {
        Str signature = decode(pairs[i][0]);
        Str keys = decode(pairs[i][1]);
        Str problem;
        OpenpgpKey key;
        for (size_t j = 0; j < signature.len; j++) {
            Str part = str_clone(str_slice(signature, 0, j), arena);
            assert_false(verify_bytes(SIGNED, part, keys, &key, &problem));
        }
        for (size_t j = 0; j < keys.len; j++) {
            Str part = str_clone(str_slice(keys, 0, j), arena);
            (void)!verify_bytes(SIGNED, signature, part, &key, &problem);
        }
    }
}

UNIT_MAIN(test_openpgp) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good),    cmocka_unit_test(expired), cmocka_unit_test(refused),
        cmocka_unit_test(damaged), cmocka_unit_test(cut),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
