/* cipher_set: the cipher that decrypts a remote state. */
#include "cipher_set.h"
#include "crypt_case.h"

static void test_remote(void **) {
    static const struct {
        const char *address, *found;
    } cases[] = {
        {"data.terraform_remote_state.a", "a"},
        {"data.terraform_remote_state.a[4]", "a[4]"},
        {"module.m[1].data.terraform_remote_state.a", "m[1].a"},
        {"data.terraform_remote_state.b", "default"},
        {"module.m.data.terraform_remote_state.a", "default"},
    };
    CryptCase c = crypt_case_open();
    CipherSet set = {.keyring = c.keyring, .remotes = map_new(c.arena)};
    Cipher ciphers[4] = {0};
    static const char *const names[] = {"a", "a[4]", "m[1].a", "default"};
    for (size_t i = 0; i < 3; i++)
        map_set(&set.remotes, str_from_cstr(names[i]), &ciphers[i]);
    set.remote_default = &ciphers[3];
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Cipher *found = cipher_set_remote(&set, str_from_cstr(cases[i].address));
        size_t at = 0;
        while (&ciphers[at] != found)
            at++;
        check_str(str_from_cstr(names[at]), cases[i].found);
    }
    crypt_case_close(&c);
}

static void test_without_encryption(void **) {
    CipherSet none = {0};
    assert_null(cipher_set_remote(&none, STR("data.terraform_remote_state.a")));
    assert_null(cipher_set_remote(NULL, STR("data.terraform_remote_state.a")));
    cipher_set_close(&none);
}

UNIT_MAIN(test_cipher_set) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_remote),
                                       cmocka_unit_test(test_without_encryption)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
