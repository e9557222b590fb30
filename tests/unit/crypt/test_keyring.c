/* keyring: each key is derived once; the key that decrypted encrypts; chains; metadata by name. */
#include "crypt_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A program that counts its calls, and whose key never changes. */
static KeySource *counting(CryptCase *c, const char *name, Str file) {
    Str script = str_format(
        c->arena,
        "echo x >> %.*s; echo '{\"magic\":\"OpenTofu-External-Key-Provider\",\"version\":1}'; echo "
        "'{\"keys\":{\"encryption_key\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"decryption_key\":"
        "\"MDEyMzQ1Njc4OWFiY2RlZg==\"},\"meta\":{\"external_data\":{}}}'",
        STR_ARG(file));
    KeySourceConfig config = {
        .type = &key_provider_external,
        .name = str_from_cstr(name),
        .metadata_key = str_from_cstr(name),
        .config = crypt_case_command(c, "command", script),
    };
    return keyring_add(c->keyring, &config);
}

static size_t calls(CryptCase *c, Str file) {
    Str text = STR_EMPTY;
    (void)disk_real.read_file(disk_real.self, file, &text, c->arena);
    return text.len / 2;
}

static Str temporary(CryptCase *c) {
    char name[] = "/tmp/keyring-XXXXXX";
    int file = mkstemp(name);
    assert_true(file >= 0);
    close(file);
    return str_clone(str_from_cstr(name), c->arena);
}

static void test_each_key_once(void **) {
    CryptCase c = crypt_case_open();
    Str file = temporary(&c), key;
    KeySource *source = counting(&c, "a", file);
    for (int i = 0; i < 3; i++) {
        EnvelopeMetas metas = {0};
        assert_true(keyring_seal_key(c.keyring, source, &key, &metas, c.arena, &c.diags));
        assert_int_equal(metas.count, 1);
        check_str(metas.items[0].key, "a");
    }
    assert_int_equal(calls(&c, file), 1);
    EnvelopeMetas others = {0};
    vec_push(c.arena, &others, (EnvelopeMeta){STR("a"), STR("{\"external_data\":{\"n\":1}}")});
    for (int i = 0; i < 3; i++)
        assert_true(keyring_open_key(c.keyring, source, &others, &key, &c.diags));
    assert_int_equal(calls(&c, file), 2);
    remove(str_to_cstr(file, c.arena));
    crypt_case_close(&c);
}

/* With the same passphrase and cost, the key of the old content encrypts the new content. */
static void test_decryption_key_encrypts(void **) {
    CryptCase first = crypt_case_open(), second = crypt_case_open();
    EnvelopeMetas stored = {0}, again = {0};
    Str key, opened, sealing;
    KeySource *source = crypt_case_pbkdf2(&first, "k", PASSPHRASE);
    assert_true(keyring_seal_key(first.keyring, source, &key, &stored, first.arena, &first.diags));
    source = crypt_case_pbkdf2(&second, "k", PASSPHRASE);
    assert_true(keyring_open_key(second.keyring, source, &stored, &opened, &second.diags));
    check_str_equal(opened, key);
    keyring_trust(second.keyring, source, &stored);
    assert_true(
        keyring_seal_key(second.keyring, source, &sealing, &again, second.arena, &second.diags));
    check_str_equal(sealing, key);
    check_str_equal(again.items[0].json, stored.items[0].json);
    crypt_case_close(&first);
    crypt_case_close(&second);
}

/* A key that was begun early is the key that encrypts. A program runs only when its key is used. */
static void test_early(void **) {
    CryptCase c = crypt_case_open(), unused = crypt_case_open();
    Str file = temporary(&c), key, again;
    EnvelopeMetas metas = {0}, same = {0};
    KeySource *computed = crypt_case_pbkdf2(&c, "k", PASSPHRASE);
    keyring_derive_early(c.keyring, counting(&c, "a", file));
    keyring_derive_early(c.keyring, computed);
    keyring_derive_early(c.keyring, computed);
    assert_true(keyring_seal_key(c.keyring, computed, &key, &metas, c.arena, &c.diags));
    assert_true(keyring_seal_key(c.keyring, computed, &again, &same, c.arena, &c.diags));
    check_str_equal(key, again);
    check_str_equal(metas.items[0].json, same.items[0].json);
    assert_int_equal(calls(&c, file), 0);
    keyring_derive_early(unused.keyring, crypt_case_pbkdf2(&unused, "k", PASSPHRASE));
    crypt_case_close(&unused);
    remove(str_to_cstr(file, c.arena));
    crypt_case_close(&c);
}

static void test_chain(void **) {
    CryptCase c = crypt_case_open();
    Str file = temporary(&c), key, opened;
    KeySourceConfig config = {
        .type = &key_provider_pbkdf2,
        .name = STR("b"),
        .metadata_key = STR("alias"),
        .config = crypt_case_config(&c, &key_provider_pbkdf2.schema, "{\"iterations\": 200000}"),
        .chain = counting(&c, "a", file),
    };
    KeySource *source = keyring_add(c.keyring, &config);
    EnvelopeMetas metas = {0};
    assert_true(keyring_seal_key(c.keyring, source, &key, &metas, c.arena, &c.diags));
    assert_int_equal(metas.count, 2);
    check_str(metas.items[0].key, "alias");
    check_str(metas.items[1].key, "a");
    assert_true(keyring_open_key(c.keyring, source, &metas, &opened, &c.diags));
    check_str_equal(opened, key);
    remove(str_to_cstr(file, c.arena));
    crypt_case_close(&c);
}

static void test_names_of_metadata(void **) {
    CryptCase c = crypt_case_open();
    Str file = temporary(&c), key;
    EnvelopeMetas metas = {0};
    KeySource *source = crypt_case_pbkdf2(&c, "k", PASSPHRASE);
    vec_push(c.arena, &metas, (EnvelopeMeta){STR("other"), STR("{}")});
    assert_false(keyring_open_key(c.keyring, source, &metas, &key, &c.diags));
    KeySourceConfig config = {
        .type = &key_provider_pbkdf2,
        .name = STR("b"),
        .metadata_key = STR("a"),
        .config = crypt_case_config(&c, &key_provider_pbkdf2.schema, "{\"iterations\": 200000}"),
        .chain = counting(&c, "a", file),
    };
    metas = (EnvelopeMetas){0};
    source = keyring_add(c.keyring, &config);
    assert_false(keyring_seal_key(c.keyring, source, &key, &metas, c.arena, &c.diags));
    check_str(crypt_case_errors(&c.diags, c.arena),
              "Key metadata missing\nDuplicate key metadata\n");
    remove(str_to_cstr(file, c.arena));
    crypt_case_close(&c);
}

UNIT_MAIN(test_keyring) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_key_once),
        cmocka_unit_test(test_decryption_key_encrypts),
        cmocka_unit_test(test_early),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_names_of_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
