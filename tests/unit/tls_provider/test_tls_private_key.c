/* tls_private_key: OpenSSH, dropbear and OpenSSL read the generated keys. */
#include "resource_case.h"
#include "ssh_key_text.h"
#include "tls_provider.h"

#include <sys/stat.h>
#include <unistd.h>

typedef struct KeyCase {
    const char *json, *pem, *openssh;
} KeyCase;

static const KeyCase cases[] = {
    {"{\"algorithm\":\"ED25519\"}", "-----BEGIN PRIVATE KEY-----", "ssh-ed25519 "},
    {"{\"algorithm\":\"RSA\"}", "-----BEGIN RSA PRIVATE KEY-----", "ssh-rsa "},
    {"{\"algorithm\":\"RSA\",\"rsa_bits\":3072}", "-----BEGIN RSA PRIVATE KEY-----", "ssh-rsa "},
    {"{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P256\"}", "-----BEGIN EC PRIVATE KEY-----",
     "ecdsa-sha2-nistp256 "},
    {"{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P384\"}", "-----BEGIN EC PRIVATE KEY-----",
     "ecdsa-sha2-nistp384 "},
    {"{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P521\"}", "-----BEGIN EC PRIVATE KEY-----",
     "ecdsa-sha2-nistp521 "},
};

/* Returns the exit status of a program, or -1 if it is not installed. */
static int run(ResourceCase *c, const char *const *argv, Str *out) {
    ProcessRequest request = {.argv = argv, .timeout_ms = 30000};
    ProcessResult result = {0};
    if (process_real.run(NULL, &request, &result, c->arena) != 0)
        return -1;
    if (out)
        *out = str_trim(result.out);
    return result.exit_status;
}

static const char *write_key(ResourceCase *c, const char *directory, const char *name, Str text) {
    Str path = disk_join(str_from_cstr(directory), str_from_cstr(name), c->arena);
    assert_int_equal(disk_real.write_file(NULL, path, text, 0600), 0);
    return str_to_cstr(path, c->arena);
}

/* ssh-keygen derives the same public key from the private key. */
static void check_openssh_reads(ResourceCase *c, const char *path) {
    const char *const argv[] = {"ssh-keygen", "-y", "-f", path, NULL};
    Str line;
    int status = run(c, argv, &line);
    if (status == -1)
        return;
    assert_int_equal(status, 0);
    check_str_equal(line, str_trim(case_text(c, "public_key_openssh")));
}

static void check_dropbear_reads(ResourceCase *c, const char *path) {
    const char *out = str_to_cstr(str_format(c->arena, "%s.dropbear", path), c->arena);
    const char *const argv[] = {"dropbearconvert", "openssh", "dropbear", path, out, NULL};
    int status = run(c, argv, NULL);
    if (status == -1)
        return;
    assert_int_equal(status, 0);
}

static void check_fingerprint(ResourceCase *c, const char *path) {
    const char *const argv[] = {"ssh-keygen", "-l", "-f", path, NULL};
    Str line;
    if (run(c, argv, &line) == -1)
        return;
    Str wanted = case_text(c, "public_key_fingerprint_sha256");
    assert_true(str_find(line, wanted, 0) != SIZE_MAX);
}

static void test_formats(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        char directory[] = "/tmp/test_tls.XXXXXX";
        assert_non_null(mkdtemp(directory));
        ResourceCase c = case_open(&tls_private_key);
        check_done(&c, case_validate(&c, cases[i].json));
        check_done(&c, case_apply(&c, cases[i].json));
        assert_true(str_starts_with(case_text(&c, "private_key_pem"), str_from_cstr(cases[i].pem)));
        assert_true(
            str_starts_with(case_text(&c, "public_key_openssh"), str_from_cstr(cases[i].openssh)));
        Str file = case_text(&c, "private_key_openssh");
        const char *path = write_key(&c, directory, "openssh", file);
        check_openssh_reads(&c, path);
        check_fingerprint(&c, path);
        check_dropbear_reads(&c, path);
        if (i > 0) { /* OpenSSH does not read Ed25519 keys in PKCS#8 */
            Str pkcs8 = case_text(&c, "private_key_pem_pkcs8");
            check_openssh_reads(&c, write_key(&c, directory, "pkcs8", pkcs8));
        }
        assert_true(libssh_key_text.check_private(file, STR_EMPTY, c.arena) == SSH_DONE);
        assert_true(libssh_key_text.check_private(case_text(&c, "private_key_pem"), STR_EMPTY,
                                                  c.arena) == SSH_DONE);
        assert_int_equal(case_text(&c, "public_key_fingerprint_md5").len, 47);
        check_str_equal(libssh_key_text.fingerprint(case_text(&c, "public_key_openssh"), c.arena),
                        case_text(&c, "public_key_fingerprint_sha256"));
        assert_true(case_is_settled(&c, cases[i].json));
        const char *const argv[] = {"rm", "-r", "--", directory, NULL};
        assert_int_equal(run(&c, argv, NULL), 0);
        case_close(&c);
    }
}

static void test_curve_that_ssh_lacks(void **) {
    ResourceCase c = case_open(&tls_private_key);
    check_done(&c, case_apply(&c, "{\"algorithm\":\"ECDSA\"}"));
    check_str(case_text(&c, "ecdsa_curve"), "P224");
    check_str(case_text(&c, "public_key_openssh"), "");
    assert_true(case_text(&c, "public_key_pem").len > 0);
    case_close(&c);
}

static void test_refusals(void **) {
    static const char *const refused[] = {
        "{\"algorithm\":\"DSA\"}",
        "{\"algorithm\":\"RSA\",\"rsa_bits\":5}",
        "{\"algorithm\":\"ECDSA\",\"ecdsa_curve\":\"P1\"}",
        "{}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        ResourceCase c = case_open(&tls_private_key);
        assert_false(case_validate(&c, refused[i]));
        case_close(&c);
    }
}

UNIT_MAIN(test_tls_private_key) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_curve_that_ssh_lacks),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
