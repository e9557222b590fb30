/* cipher: method and fallbacks, plain text, tampering; each key is derived once. */
#include "crypt_case.h"

#define STATE "{\"version\": 4, \"serial\": 3, \"lineage\": \"l\", \"x\": \"secret\"}"

static Str seal(CryptCase *c, const Cipher *cipher, Str text) {
    Str out;
    EnvelopeHead head = envelope_read_head(text, c->arena);
    assert_true(cipher_seal(cipher, head, text, &out, c->arena, &c->diags));
    return out;
}

static bool open_it(CryptCase *c, const Cipher *cipher, Str bytes, Str *out, bool *is_outdated) {
    StoredText stored = {STR("The state"), bytes};
    bool ok = cipher_open(cipher, &stored, out, c->arena, &c->diags);
    *is_outdated = stored.is_outdated;
    return ok;
}

static void test_rotation(void **) {
    CryptCase c = crypt_case_open();
    KeySource *old_key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.old", PASSPHRASE);
    KeySource *new_key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.new", PASSPHRASE " staple");
    const Cipher *before = crypt_case_cipher(&c, (KeySource *[]){old_key}, 1);
    const Cipher *both = crypt_case_cipher(&c, (KeySource *[]){new_key, old_key}, 2);
    const Cipher *after = crypt_case_cipher(&c, (KeySource *[]){new_key}, 1);
    Str plain;
    bool is_outdated;
    Str sealed = seal(&c, before, STR(STATE));
    assert_int_equal(str_find(sealed, STR("secret"), 0), SIZE_MAX);
    assert_true(open_it(&c, before, sealed, &plain, &is_outdated));
    check_str(plain, STATE);
    assert_false(is_outdated);
    assert_true(open_it(&c, both, sealed, &plain, &is_outdated));
    check_str(plain, STATE);
    assert_true(is_outdated);
    sealed = seal(&c, both, plain);
    assert_true(open_it(&c, after, sealed, &plain, &is_outdated));
    assert_false(is_outdated);
    assert_false(open_it(&c, before, sealed, &plain, &is_outdated));
    check_str(crypt_case_errors(&c.diags, c.arena), "Failed to decrypt\n");
    crypt_case_close(&c);
}

static void test_plain_text(void **) {
    CryptCase c = crypt_case_open();
    KeySource *key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.k", PASSPHRASE);
    const struct {
        const Cipher *cipher;
        bool is_allowed, is_outdated, is_plain;
    } cases[] = {
        {NULL, true, false, true},
        {crypt_case_cipher(&c, (KeySource *[]){key}, 1), false, false, false},
        {crypt_case_cipher(&c, (KeySource *[]){key, NULL}, 2), true, true, false},
        {crypt_case_cipher(&c, (KeySource *[]){NULL, key}, 2), true, false, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str out = STR_EMPTY;
        bool is_outdated = false;
        assert_int_equal(open_it(&c, cases[i].cipher, STR(STATE), &out, &is_outdated),
                         cases[i].is_allowed);
        assert_int_equal(is_outdated, cases[i].is_outdated);
        assert_int_equal(cipher_is_plain(cases[i].cipher), cases[i].is_plain);
        assert_true(open_it(&c, cases[i].cipher, STR_EMPTY, &out, &is_outdated));
        assert_false(is_outdated);
    }
    check_str(crypt_case_errors(&c.diags, c.arena), "Unencrypted content\n");
    crypt_case_close(&c);
}

static void test_way_back(void **) {
    CryptCase c = crypt_case_open();
    KeySource *key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.k", PASSPHRASE);
    const Cipher *with = crypt_case_cipher(&c, (KeySource *[]){key}, 1);
    const Cipher *back = crypt_case_cipher(&c, (KeySource *[]){NULL, key}, 2);
    Str plain, sealed = seal(&c, with, STR(STATE));
    bool is_outdated;
    assert_true(open_it(&c, back, sealed, &plain, &is_outdated));
    assert_true(is_outdated);
    check_str(seal(&c, back, plain), STATE);
    assert_false(open_it(&c, NULL, sealed, &plain, &is_outdated));
    check_str(crypt_case_errors(&c.diags, c.arena), "Encrypted content\n");
    crypt_case_close(&c);
}

/* A change of any byte is noticed. */
static void test_every_changed_byte(void **) {
    CryptCase c = crypt_case_open();
    KeySource *key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.k", PASSPHRASE);
    const Cipher *cipher = crypt_case_cipher(&c, (KeySource *[]){key}, 1);
    Str sealed = seal(&c, cipher, STR(STATE));
    size_t meta = str_find(sealed, STR("\"meta\""), 0);
    size_t meta_end = str_find(sealed, STR("\"encrypted_data\""), 0);
    for (size_t i = 0; i < sealed.len; i++) {
        if (i > meta + 40 && i < meta_end - 4 && i % 16)
            continue; /* a change here derives another key, which is slow */
        SCOPED(ArenaRef) arena = arena_open("changed");
        Diags diags = diags_new(arena);
        Str changed = str_clone(sealed, arena), out;
        ((char *)(uintptr_t)changed.ptr)[i] ^= 1;
        if (cipher_open(cipher, &(StoredText){STR("It"), changed}, &out, arena, &diags))
            fail_msg("byte %zu: %.*s", i, STR_ARG(changed));
        assert_int_equal(diags.error_count, 1);
    }
    crypt_case_close(&c);
}

static void test_head_outside_and_within(void **state) {
    (void)state;
    CryptCase c = crypt_case_open();
    KeySource *key = crypt_case_pbkdf2(&c, "key_provider.pbkdf2.k", PASSPHRASE);
    const Cipher *cipher = crypt_case_cipher(&c, (KeySource *[]){key}, 1);
    static const EnvelopeHead heads[] = {
        {false, 0, STR_CONST("")},
        {true, 4, STR_CONST("l")},
        {true, 3, STR_CONST("m")},
    };
    for (size_t i = 0; i < ARRAY_COUNT(heads); i++) {
        Str sealed, out;
        assert_true(cipher_seal(cipher, heads[i], STR(STATE), &sealed, c.arena, &c.diags));
        Diags diags = diags_new(c.arena);
        StoredText stored = {STR("It"), sealed};
        assert_false(cipher_open(cipher, &stored, &out, c.arena, &diags));
        check_str(crypt_case_errors(&diags, c.arena), "Changed state\n");
    }
    crypt_case_close(&c);
}

static void test_key_of_a_wrong_size(void **) {
    CryptCase c = crypt_case_open();
    KeySourceConfig config = {
        .type = &key_provider_pbkdf2,
        .name = STR("k"),
        .metadata_key = STR("k"),
        .config = crypt_case_config(&c, &key_provider_pbkdf2.schema,
                                    "{\"passphrase\": \"" PASSPHRASE "\", \"iterations\": 200000, "
                                    "\"key_length\": 20}"),
    };
    KeySource *key = keyring_add(c.keyring, &config);
    assert_false(cipher_prepare(crypt_case_cipher(&c, &key, 1), &c.diags));
    check_str(crypt_case_errors(&c.diags, c.arena), "Invalid encryption key\n");
    crypt_case_close(&c);
}

UNIT_MAIN(test_cipher) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_plain_text),
        cmocka_unit_test(test_way_back),
        cmocka_unit_test(test_every_changed_byte),
        cmocka_unit_test(test_head_outside_and_within),
        cmocka_unit_test(test_key_of_a_wrong_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
