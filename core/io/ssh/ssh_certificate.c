/* Parses certificates, and verifies their signature with OpenSSL. */
#include "ssh_certificate.h"

#include "ssh_known_hosts.h"
#include "ssh_wire.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <time.h>

#define SUFFIX "-cert-v01@openssh.com"

/* Per key type: the number of strings in its public key, and names of OpenSSL. */
static const struct {
    const char *type;
    size_t strings;
    const char *curve; /* of OpenSSL; NULL: none */
    const char *digest;
} key_types[] = {
    {"ssh-ed25519", 1, NULL, NULL},
    {"ssh-rsa", 2, NULL, NULL},
    {"ecdsa-sha2-nistp256", 2, "prime256v1", "SHA256"},
    {"ecdsa-sha2-nistp384", 2, "secp384r1", "SHA384"},
    {"ecdsa-sha2-nistp521", 2, "secp521r1", "SHA512"},
};

static bool ssh_certificate_find_type(Str name, size_t *out) {
    for (size_t i = 0; i < ARRAY_COUNT(key_types); i++) {
        if (str_equal_cstr(name, key_types[i].type)) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool parse_key(Str *rest, Str name, SshCertificate *out, Arena *arena) {
    size_t type;
    Str field;
    if (!str_ends_with(name, STR(SUFFIX)))
        return false;
    out->key_type = str_slice(name, 0, name.len - strlen(SUFFIX));
    if (!ssh_certificate_find_type(out->key_type, &type))
        return false;
    StrBuf key = strbuf_new(arena);
    ssh_wire_add_string(&key, out->key_type);
    for (size_t i = 0; i < key_types[type].strings; i++) {
        if (!ssh_wire_string(rest, &field))
            return false;
        ssh_wire_add_string(&key, field);
    }
    out->key = strbuf_str(&key);
    return true;
}

static bool parse_principals(Str rest, SshCertificate *out, Arena *arena) {
    VEC(Str) names = {0};
    while (rest.len > 0) {
        Str name;
        if (!ssh_wire_string(&rest, &name))
            return false;
        vec_push(arena, &names, name);
    }
    out->principals = names.items;
    out->principal_count = names.count;
    return true;
}

static bool read_uint64(Str *rest, uint64_t *out) {
    uint32_t high, low;
    if (!ssh_wire_uint32(rest, &high) || !ssh_wire_uint32(rest, &low))
        return false;
    *out = (uint64_t)high << 32 | low;
    return true;
}

bool ssh_certificate_parse(Str blob, SshCertificate *out, Arena *arena) {
    Str rest = blob, name, nonce, principals, extensions, reserved;
    uint64_t serial;
    *out = (SshCertificate){0};
    if (!ssh_wire_string(&rest, &name) || !ssh_wire_string(&rest, &nonce) ||
        !parse_key(&rest, name, out, arena))
        return false;
    if (!read_uint64(&rest, &serial) || !ssh_wire_uint32(&rest, &out->kind) ||
        !ssh_wire_string(&rest, &out->key_id) || !ssh_wire_string(&rest, &principals) ||
        !read_uint64(&rest, &out->valid_after) || !read_uint64(&rest, &out->valid_before))
        return false;
    if (!ssh_wire_string(&rest, &out->critical_options) || !ssh_wire_string(&rest, &extensions) ||
        !ssh_wire_string(&rest, &reserved) || !ssh_wire_string(&rest, &out->authority))
        return false;
    out->signed_bytes = str_from_range(blob.ptr, rest.ptr);
    return ssh_wire_string(&rest, &out->signature) && rest.len == 0 &&
           parse_principals(principals, out, arena);
}

/* -- signatures ------------------------------------------------------------------------------- */

static EVP_PKEY *key_from_params(const char *type, OSSL_PARAM_BLD *builder) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (params && context && EVP_PKEY_fromdata_init(context) > 0 &&
        EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) <= 0)
        key = NULL;
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(params);
    return key;
}

static EVP_PKEY *ssh_certificate_rsa_key(Str exponent, Str modulus) {
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *e = BN_bin2bn((const unsigned char *)exponent.ptr, (int)exponent.len, NULL);
    BIGNUM *n = BN_bin2bn((const unsigned char *)modulus.ptr, (int)modulus.len, NULL);
    EVP_PKEY *key = NULL;
    if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) &&
        OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e))
        key = key_from_params("RSA", builder);
    BN_free(e);
    BN_free(n);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

static EVP_PKEY *ecdsa_key(const char *curve, Str point) {
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY *key = NULL;
    if (OSSL_PARAM_BLD_push_utf8_string(builder, OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) &&
        OSSL_PARAM_BLD_push_octet_string(builder, OSSL_PKEY_PARAM_PUB_KEY, point.ptr, point.len))
        key = key_from_params("EC", builder);
    OSSL_PARAM_BLD_free(builder);
    return key;
}

/* Converts the two numbers of an SSH signature to the DER form of OpenSSL. */
static Str ecdsa_der(Str signature, Arena *arena) {
    Str r, s;
    if (!ssh_wire_string(&signature, &r) || !ssh_wire_string(&signature, &s))
        return STR_EMPTY;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r_number = BN_bin2bn((const unsigned char *)r.ptr, (int)r.len, NULL);
    BIGNUM *s_number = BN_bin2bn((const unsigned char *)s.ptr, (int)s.len, NULL);
    CHECK(ECDSA_SIG_set0(pair, r_number, s_number) == 1);
    int size = i2d_ECDSA_SIG(pair, NULL);
    unsigned char *bytes = arena_alloc(arena, size > 0 ? (size_t)size : 0), *at = bytes;
    size = i2d_ECDSA_SIG(pair, &at);
    ECDSA_SIG_free(pair);
    return (Str){(const char *)bytes, size > 0 ? (size_t)size : 0};
}

/* A signature and its key. The algorithm is one that OpenSSH accepts by default: not SHA-1. */
typedef struct Signed {
    EVP_PKEY *key;
    const char *digest; /* NULL: Ed25519, which has a fixed digest */
    Str signature;
} Signed;

static bool open_signature(Str authority, Str signature, Signed *out, Arena *arena) {
    Str name, algorithm, first, second, body;
    size_t type;
    if (!ssh_wire_string(&authority, &name) || !ssh_certificate_find_type(name, &type) ||
        !ssh_wire_string(&authority, &first) || !ssh_wire_string(&signature, &algorithm) ||
        !ssh_wire_string(&signature, &body))
        return false;
    *out = (Signed){.digest = key_types[type].digest, .signature = body};
    if (str_equal(name, STR("ssh-rsa"))) {
        bool is_512 = str_equal(algorithm, STR("rsa-sha2-512"));
        if ((!is_512 && !str_equal(algorithm, STR("rsa-sha2-256"))) ||
            !ssh_wire_string(&authority, &second))
            return false;
        out->digest = is_512 ? "SHA512" : "SHA256";
        out->key = ssh_certificate_rsa_key(first, second);
    } else if (!str_equal(algorithm, name)) {
        return false;
    } else if (key_types[type].curve) {
        if (!ssh_wire_string(&authority, &second))
            return false;
        out->key = ecdsa_key(key_types[type].curve, second);
        out->signature = ecdsa_der(body, arena);
    } else {
        out->key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
                                               (const unsigned char *)first.ptr, first.len);
    }
    return out->key != NULL;
}

static bool is_signature_valid(const SshCertificate *certificate, Arena *arena) {
    Signed made = {0};
    if (!open_signature(certificate->authority, certificate->signature, &made, arena))
        return false;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    Str bytes = certificate->signed_bytes;
    bool is_valid =
        EVP_DigestVerifyInit_ex(context, NULL, made.digest, NULL, NULL, made.key, NULL) == 1 &&
        EVP_DigestVerify(context, (const unsigned char *)made.signature.ptr, made.signature.len,
                         (const unsigned char *)bytes.ptr, bytes.len) == 1;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(made.key);
    return is_valid;
}

/* -- checks ----------------------------------------------------------------------------------- */

static Str format_time(uint64_t seconds, Arena *arena) {
    char text[sizeof "2026-01-02T03:04:05Z"];
    time_t time = seconds > INT64_MAX ? INT64_MAX : (time_t)seconds;
    struct tm parts;
    if (!gmtime_r(&time, &parts) || strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        return STR("a time out of range");
    return str_clone(str_from_cstr(text), arena);
}

static Str check_time(const SshCertificate *certificate, int64_t now, Arena *arena) {
    if ((uint64_t)now < certificate->valid_after)
        return str_format(arena, "the certificate is not valid before %.*s",
                          STR_ARG(format_time(certificate->valid_after, arena)));
    if ((uint64_t)now >= certificate->valid_before)
        return str_format(arena, "the certificate expired at %.*s",
                          STR_ARG(format_time(certificate->valid_before, arena)));
    return STR_EMPTY;
}

/* Rejects a certificate without principals, as OpenSSH does: it would be valid for every host. */
static Str check_principal(const SshCertificate *certificate, Str host, Arena *arena) {
    for (size_t i = 0; i < certificate->principal_count; i++) {
        if (ssh_match_pattern(certificate->principals[i], host))
            return STR_EMPTY;
    }
    if (certificate->principal_count == 0)
        return STR("the certificate names no host");
    return str_format(
        arena, "the certificate is for %.*s, not for %.*s",
        STR_ARG(str_join(certificate->principals, certificate->principal_count, STR(", "), arena)),
        STR_ARG(host));
}

static Str check_host(const SshCertificate *certificate, const SshCertificateUse *use,
                      Arena *arena) {
    if (!str_is_among(certificate->authority, use->authorities, use->authority_count))
        return STR("another authority signed the certificate");
    if (!is_signature_valid(certificate, arena))
        return STR("the signature of the certificate is not valid");
    Str reason = check_time(certificate, use->now, arena);
    if (reason.len > 0)
        return reason;
    if (certificate->critical_options.len > 0)
        return STR("the certificate has critical options, which are unknown for hosts");
    return check_principal(certificate, use->host, arena);
}

Str ssh_certificate_check(const SshCertificate *certificate, const SshCertificateUse *use,
                          Arena *arena) {
    bool is_host = use->kind == SSH_CERTIFICATE_HOST;
    if (certificate->kind != use->kind)
        return str_format(arena, "the certificate is not a %s certificate",
                          is_host ? "host" : "user");
    return is_host ? check_host(certificate, use, arena) : check_time(certificate, use->now, arena);
}
