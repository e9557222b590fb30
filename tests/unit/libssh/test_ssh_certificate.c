/* ssh_certificate: the checks of host and user certificates, on certificates of ssh-keygen. */
#include "ssh_certificate.h"

#include "base64.h"
#include "certificate_corpus.h"
#include "unit.h"

#define NOW INT64_C(1767225600) /* 2026-01-01 */

static Str blob_of(const char *line, Arena *arena) {
    Str rest = str_from_cstr(line), type, body, blob;
    assert_true(str_next_field(&rest, ' ', &type));
    assert_true(str_next_field(&rest, ' ', &body));
    assert_true(base64_decode(body, &blob, arena));
    return blob;
}

static size_t row_of(const char *name) {
    for (size_t i = 0; i < ARRAY_COUNT(certificate_corpus); i++) {
        if (strcmp(certificate_corpus[i].name, name) == 0)
            return i;
    }
    fail_msg("no certificate \"%s\"", name);
    return 0;
}

static void parse(const char *line, SshCertificate *out, Arena *arena) {
    assert_true(ssh_certificate_parse(blob_of(line, arena), out, arena));
}

static Str check_host(const SshCertificate *certificate, const Str *authorities, size_t count,
                      Str host, int64_t now, Arena *arena) {
    SshCertificateUse use = {SSH_CERTIFICATE_HOST, now, authorities, count, host};
    return ssh_certificate_check(certificate, &use, arena);
}

static Str check(size_t row, const char *host, int64_t now, Arena *arena) {
    SshCertificate certificate;
    Str authority = blob_of(certificate_corpus[row].authority, arena);
    parse(certificate_corpus[row].certificate, &certificate, arena);
    return check_host(&certificate, &authority, 1, str_from_cstr(host), now, arena);
}

/* Every pair of key types is valid, but not a signature with SHA-1. */
static void test_signatures(void **) {
    Arena *arena = arena_open("test");
    size_t count = row_of("user");
    for (size_t i = 0; i < count; i++) {
        bool is_old = strcmp(certificate_corpus[i].name, "rsa with SHA-1") == 0;
        Str reason = check(i, "node", NOW, arena);
        if (reason.len > 0 && !is_old)
            print_error("%s: %.*s\n", certificate_corpus[i].name, STR_ARG(reason));
        check_str(reason, is_old ? "the signature of the certificate is not valid" : "");
    }
    arena_close(arena);
}

static void test_defects(void **) {
    static const struct {
        const char *name, *host;
        int64_t now;
        const char *reason;
    } rows[] = {
        {"user", "node", NOW, "not a host certificate"},
        {"no principal", "node", NOW, "names no host"},
        {"two principals", "node", NOW, "is for other, *.example.org, not for node"},
        {"two principals", "other", NOW, ""},
        {"two principals", "a.example.org", NOW, ""},
        {"critical option", "node", NOW, "critical options"},
        {"time limit", "node", NOW, "expired at 2025-02-01T00:00:00Z"},
        {"time limit", "node", INT64_C(1738368000), "expired"},
        {"time limit", "node", INT64_C(1738367999), ""},
        {"time limit", "node", INT64_C(1735689600), ""},
        {"time limit", "node", INT64_C(1735689599), "not valid before 2025-01-01"},
    };
    Arena *arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str reason = check(row_of(rows[i].name), rows[i].host, rows[i].now, arena);
        bool is_expected = *rows[i].reason
                               ? str_find(reason, str_from_cstr(rows[i].reason), 0) != SIZE_MAX
                               : reason.len == 0;
        if (!is_expected)
            print_error("%s: %.*s\n", rows[i].name, STR_ARG(reason));
        assert_true(is_expected);
    }
    arena_close(arena);
}

/* A certificate with any changed or missing byte is rejected. */
static void test_damage(void **) {
    Arena *arena = arena_open("test");
    for (size_t row = 0; row < 4; row++) {
        Str authority = blob_of(certificate_corpus[row].authority, arena);
        Str whole = blob_of(certificate_corpus[row].certificate, arena);
        char *bytes = arena_alloc(arena, whole.len);
        memcpy(bytes, whole.ptr, whole.len);
        for (size_t i = 0; i < whole.len; i++) {
            SCOPED(ArenaRef) scratch = arena_open("damage");
            SshCertificate certificate;
            bytes[i] ^= 1;
            bool is_accepted =
                ssh_certificate_parse((Str){bytes, whole.len}, &certificate, scratch) &&
                check_host(&certificate, &authority, 1, STR("node"), NOW, scratch).len == 0;
            bytes[i] ^= 1;
            if (is_accepted)
                print_error("%s: byte %zu\n", certificate_corpus[row].name, i);
            assert_false(is_accepted);
            assert_false(ssh_certificate_parse(str_slice(whole, 0, i), &certificate, scratch));
        }
    }
    arena_close(arena);
}

static void test_authority(void **) {
    Arena *arena = arena_open("test");
    SshCertificate certificate;
    size_t row = row_of("p256 signs ed25519");
    Str foreign = blob_of(certificate_corpus[row_of("ed25519 signs p256")].authority, arena);
    Str authorities[] = {foreign, blob_of(certificate_corpus[row].authority, arena)};
    parse(certificate_corpus[row].certificate, &certificate, arena);
    for (size_t count = 0; count < 2; count++)
        check_str(check_host(&certificate, authorities, count, STR("node"), NOW, arena),
                  "another authority signed the certificate");
    check_str(check_host(&certificate, authorities, 2, STR("node"), NOW, arena), "");
    arena_close(arena);
}

static void test_user(void **) {
    Arena *arena = arena_open("test");
    SshCertificate certificate;
    SshCertificateUse user = {.kind = SSH_CERTIFICATE_USER, .now = NOW};
    const char *line = certificate_corpus[row_of("user")].certificate;
    parse(line, &certificate, arena);
    check_str(ssh_certificate_check(&certificate, &user, arena), "");
    check_str(certificate.key_type, "ssh-ed25519");
    line = certificate_corpus[row_of("two principals")].certificate;
    parse(line, &certificate, arena);
    check_str(ssh_certificate_check(&certificate, &user, arena),
              "the certificate is not a user certificate");
    assert_false(ssh_certificate_parse(blob_of(certificate_corpus[0].authority, arena),
                                       &certificate, arena));
    arena_close(arena);
}

UNIT_MAIN(test_ssh_certificate) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signatures), cmocka_unit_test(test_defects),
        cmocka_unit_test(test_damage),     cmocka_unit_test(test_authority),
        cmocka_unit_test(test_user),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
