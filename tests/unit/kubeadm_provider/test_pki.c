/* pki: sets are complete, in the files of kubeadm, and a foreign set is verified. */
#include "pki.h"
#include "pki_client.h"
#include "unit.h"

#include <limits.h>

#define START INT64_C(1700000000)
#define END   INT64_C(1800000000)

/* Made by openssl, as was its hash: x509 -pubkey, pkey -pubin -outform der, dgst -sha256. */
static const char known[] = "-----BEGIN CERTIFICATE-----\n"
                            "MIICBjCCAW+gAwIBAgIUIbbQwhDjMws3jd+RcOoRA4TSPoswDQYJKoZIhvcNAQEL\n"
                            "BQAwFTETMBEGA1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMjEyMDAyMzhaFw0zNjEx\n"
                            "MTgyMDAyMzhaMBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwgZ8wDQYJKoZIhvcNAQEB\n"
                            "BQADgY0AMIGJAoGBAMK9c7y385Kzr5VxFiT74Gq+/h1+KDaF2tHVyOUbm31/csUu\n"
                            "1J3f3pz95VjU/2gJFyFDRRhSc9xVNh1XUy7bbQOuV0Ipsruk0Uqe/AuLSSmY4BDC\n"
                            "7lFf0bktDhn6U/iQRAkSyNj/EcDdkybVB+O/AAQu+n38Rj+HsuFFuLvISqCnAgMB\n"
                            "AAGjUzBRMB0GA1UdDgQWBBRuD69yTQnSfgvXmFXTLOSJei4vdjAfBgNVHSMEGDAW\n"
                            "gBRuD69yTQnSfgvXmFXTLOSJei4vdjAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3\n"
                            "DQEBCwUAA4GBAEtBYpkYBku77gaTX3MO9cwdV5l+CmSkzPBEfXvtHgtDQqYHhGsL\n"
                            "KMSFH5QCnGDka4KrVSe3Ykbj60PgeHmWICETqLeaPbVaLpqUCUGXQs8CI9g5OQkS\n"
                            "59vbjCtabnylZpmQa61xfIZZSVP8aXR9yBylJpOBorUiAlIx01kbKL1k\n"
                            "-----END CERTIFICATE-----\n";

static PkiSet make(Arena *arena) {
    PkiSet set = {0};
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), START, END, &set, &problem, arena));
    return set;
}

static void test_files(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet set = make(arena);
    for (size_t i = 0; i < PKI_FILE_COUNT; i++) {
        Str text = *pki_set_text(&set, &pki_files[i]);
        bool has_key = str_find(text, STR("PRIVATE KEY"), 0) != SIZE_MAX;
        assert_true(str_starts_with(text, STR("-----BEGIN ")));
        assert_int_equal(has_key, pki_files[i].is_secret);
        assert_int_equal(str_ends_with(str_from_cstr(pki_files[i].path), STR(".key")),
                         pki_files[i].is_secret);
    }
}

static void test_validity(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet set = make(arena);
    int64_t start, end;
    assert_true(pki_validity(set.etcd_ca.certificate, &start, &end));
    assert_int_equal(start, START);
    assert_int_equal(end, END);
    assert_false(pki_validity(STR("nothing"), &start, &end));
}

/* OpenSSL takes lengths as int: a longer text is rejected, not cut or read up to a NUL. The texts
 * here are shorter than their lengths say, since they must not be read. */
static void test_overlong_texts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet set = make(arena);
    const char *key = str_to_cstr(set.ca.key, arena);
    static const size_t more[] = {(size_t)INT_MAX + 1, (size_t)UINT32_MAX + 1};
    for (size_t i = 0; i < ARRAY_COUNT(more); i++) {
        Diags diags = diags_new(arena);
        Str certificate = {known, more[i] + sizeof known - 1};
        int64_t start, end;
        assert_false(pki_validity(certificate, &start, &end));
        check_str(pki_discovery_hash(certificate, arena), "");
        assert_null(openssl_pem_read_key((Str){key, more[i] + set.ca.key.len}, "s", "a", &diags));
        assert_int_equal(diags.error_count, 1);
    }
}

/* X.509 limits the parts of a subject to 64 characters. */
static void test_subjects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet set = make(arena);
    char bytes[70000];
    memset(bytes, 'u', sizeof bytes);
    const struct {
        Str text;
        bool is_good;
    } rows[] = {
        {STR("u"), true},   {{bytes, 64}, true},  {STR("a\nb, CN=c/O=d \"\\\xc3\xa9"), true},
        {STR_EMPTY, false}, {{bytes, 65}, false}, {{bytes, sizeof bytes}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows) * 2; i++) {
        bool is_good = rows[i / 2].is_good;
        StrVec groups = {0};
        vec_push(arena, &groups, i % 2 ? rows[i / 2].text : STR("g"));
        PkiClient client = {.user = i % 2 ? STR("u") : rows[i / 2].text,
                            .groups = groups,
                            .start = START,
                            .end = END};
        PkiPair pair;
        Str problem = STR_EMPTY;
        assert_int_equal(pki_client_check(client.user, &groups, arena).len == 0, is_good);
        assert_int_equal(pki_client_make(&client, &set.ca, &pair, &problem, arena), is_good);
        assert_int_equal(problem.len == 0, is_good);
    }
}

static void test_check(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet good = make(arena), other = make(arena);
    Str problem;
    assert_true(pki_set_check(&good, &problem, arena));
    for (size_t i = 0; i < PKI_FILE_COUNT; i++) {
        PkiSet bad = good;
        *pki_set_text(&bad, &pki_files[i]) = *pki_set_text(&other, &pki_files[i]);
        if (pki_set_check(&bad, &problem, arena))
            fail_msg("%s of another set is accepted", pki_files[i].path);
        *pki_set_text(&bad, &pki_files[i]) = STR("nothing");
        if (pki_set_check(&bad, &problem, arena))
            fail_msg("%s without a PEM text is accepted", pki_files[i].path);
    }
}

static void test_discovery_hash(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(pki_discovery_hash(str_from_cstr(known), arena),
              "sha256:07c3d373718eef83ff51525486810a08fa3b0e436654b79537d280d8a33cac75");
    check_str(pki_discovery_hash(STR("nothing"), arena), "");
}

static void test_algorithms(void **) {
    static const char *const names[] = {"RSA-2048", "ECDSA-P256", "ECDSA-P384"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        SCOPED(KeyRef) key = pki_key_generate(str_from_cstr(names[i]));
        assert_non_null(key);
        check_str(pki_key_algorithm(key), names[i]);
    }
    SCOPED(KeyRef) other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    check_str(pki_key_algorithm(other), "");
    assert_null(pki_key_generate(STR("DSA")));
}

UNIT_MAIN(test_pki) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),      cmocka_unit_test(test_validity),
        cmocka_unit_test(test_check),      cmocka_unit_test(test_discovery_hash),
        cmocka_unit_test(test_algorithms), cmocka_unit_test(test_overlong_texts),
        cmocka_unit_test(test_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
