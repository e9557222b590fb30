/* pki: creates and verifies certificate authorities with the subjects, usages and file names of
 * kubeadm. */
#include "pki.h"
#include "digest.h"

const PkiFile pki_files[PKI_FILE_COUNT] = {
    {"ca.crt", offsetof(PkiSet, ca.certificate), false},
    {"ca.key", offsetof(PkiSet, ca.key), true},
    {"etcd/ca.crt", offsetof(PkiSet, etcd_ca.certificate), false},
    {"etcd/ca.key", offsetof(PkiSet, etcd_ca.key), true},
    {"front-proxy-ca.crt", offsetof(PkiSet, front_proxy_ca.certificate), false},
    {"front-proxy-ca.key", offsetof(PkiSet, front_proxy_ca.key), true},
    {"sa.pub", offsetof(PkiSet, service_account.certificate), false},
    {"sa.key", offsetof(PkiSet, service_account.key), true},
};

Str *pki_set_text(PkiSet *set, const PkiFile *file) {
    return (Str *)((char *)set + file->offset);
}

const PkiMember pki_members[PKI_MEMBER_COUNT] = {
    {"ca", "certificate", offsetof(PkiSet, ca)},
    {"etcd_ca", "certificate", offsetof(PkiSet, etcd_ca)},
    {"front_proxy_ca", "certificate", offsetof(PkiSet, front_proxy_ca)},
    {"service_account", "public_key", offsetof(PkiSet, service_account)},
};

PkiPair *pki_set_pair(PkiSet *set, const PkiMember *member) {
    return (PkiPair *)((char *)set + member->offset);
}

static const struct {
    Str name;
    size_t rsa_bits;   /* 0: ECDSA */
    const char *group; /* of OpenSSL */
    int bits;
} algorithms[] = {
    {STR_CONST("RSA-2048"), 2048, NULL, 2048},      {STR_CONST("RSA-3072"), 3072, NULL, 3072},
    {STR_CONST("RSA-4096"), 4096, NULL, 4096},      {STR_CONST("ECDSA-P256"), 0, "prime256v1", 256},
    {STR_CONST("ECDSA-P384"), 0, "secp384r1", 384},
};

EVP_PKEY *pki_key_generate(Str algorithm) {
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        if (!str_equal(algorithm, algorithms[i].name))
            continue;
        return algorithms[i].rsa_bits ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", algorithms[i].rsa_bits)
                                      : EVP_PKEY_Q_keygen(NULL, NULL, "EC", algorithms[i].group);
    }
    return NULL;
}

Str pki_key_algorithm(const EVP_PKEY *key) {
    bool is_rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    bool is_ec = EVP_PKEY_get_base_id(key) == EVP_PKEY_EC;
    for (size_t i = 0; i < ARRAY_COUNT(algorithms); i++) {
        if ((algorithms[i].rsa_bits ? is_rsa : is_ec) &&
            EVP_PKEY_get_bits(key) == algorithms[i].bits)
            return algorithms[i].name;
    }
    return STR_EMPTY;
}

static GENERAL_NAMES *dns_name(const char *name) {
    GENERAL_NAMES *names = GENERAL_NAMES_new();
    GENERAL_NAME *entry = GENERAL_NAME_new();
    ASN1_IA5STRING *text = ASN1_IA5STRING_new();
    CHECK(names && entry && text && ASN1_STRING_set(text, name, -1) == 1);
    GENERAL_NAME_set0_value(entry, GEN_DNS, text);
    CHECK(sk_GENERAL_NAME_push(names, entry) > 0);
    return names;
}

/* The algorithm of the keys of a set, and the validity of its certificates. */
typedef struct PkiTerms {
    Str algorithm;
    int64_t start;
    int64_t end;
} PkiTerms;

/* Returns a new key, or NULL with *problem. */
static EVP_PKEY *make_key(const PkiTerms *terms, Str *problem, Arena *arena) {
    EVP_PKEY *key = pki_key_generate(terms->algorithm);
    if (!key)
        *problem =
            str_format(arena, "OpenSSL cannot generate a key of %.*s", STR_ARG(terms->algorithm));
    return key;
}

static bool make_authority(const char *name, const PkiTerms *terms, PkiPair *out, Str *problem,
                           Arena *arena) {
    SCOPED(KeyRef) key = make_key(terms, problem, arena);
    if (!key)
        return false;
    X509_NAME *subject = X509_NAME_new();
    CHECK(subject && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8,
                                                (const unsigned char *)name, -1, -1, 0) == 1);
    CertificateContent content = {
        .key = key,
        .subject = subject,
        .names = dns_name(name),
        .usage = KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT | KU_KEY_CERT_SIGN,
        .is_ca = true,
        .path_length = -1,
        .sets_subject_key_id = true,
        .start = terms->start,
        .end = terms->end,
    };
    SCOPED(CertificateRef)
    certificate = certificate_sign(&content, key, NULL, problem, arena);
    GENERAL_NAMES_free(content.names);
    X509_NAME_free(subject);
    if (!certificate)
        return false;
    *out =
        (PkiPair){openssl_pem_certificate_pem(certificate, arena), certificate_key_pem(key, arena)};
    return true;
}

static bool make_service_account(const PkiTerms *terms, PkiPair *out, Str *problem, Arena *arena) {
    SCOPED(KeyRef) key = make_key(terms, problem, arena);
    if (!key)
        return false;
    *out = (PkiPair){certificate_public_key_pem(key, arena), certificate_key_pem(key, arena)};
    return true;
}

bool pki_set_make(Str algorithm, int64_t start, int64_t end, PkiSet *out, Str *problem,
                  Arena *arena) {
    const PkiTerms terms = {algorithm, start, end};
    return make_authority("kubernetes", &terms, &out->ca, problem, arena) &&
           make_authority("etcd-ca", &terms, &out->etcd_ca, problem, arena) &&
           make_authority("front-proxy-ca", &terms, &out->front_proxy_ca, problem, arena) &&
           make_service_account(&terms, &out->service_account, problem, arena);
}

/* Reading. */

static EVP_PKEY *pki_read_key(Str pem, Arena *arena) {
    Diags ignored = diags_new(arena);
    return openssl_pem_read_key(pem, "", "", &ignored);
}

static bool pki_check_pair(const char *name, const PkiPair *pair, Str *problem, Arena *arena) {
    SCOPED(CertificateRef) certificate = openssl_pem_find_certificate(pair->certificate);
    SCOPED(KeyRef) key = pki_read_key(pair->key, arena);
    const char *why = !certificate                                    ? "is not a certificate"
                      : !key                                          ? "has no readable key"
                      : X509_check_private_key(certificate, key) != 1 ? "has another key"
                      : X509_check_ca(certificate) != 1               ? "is not an authority"
                      : pki_key_algorithm(key).len == 0 ? "has a key of an unsupported algorithm"
                                                        : NULL;
    if (why)
        *problem = str_format(arena, "the authority \"%s\" %s", name, why);
    return !why;
}

static bool check_service_account(const PkiPair *pair, Str *problem, Arena *arena) {
    SCOPED(KeyRef) key = pki_read_key(pair->key, arena);
    if (key &&
        str_equal(str_trim(pair->certificate), str_trim(certificate_public_key_pem(key, arena))))
        return true;
    *problem = STR("the keys of the service account do not belong together");
    return false;
}

bool pki_set_check(const PkiSet *set, Str *problem, Arena *arena) {
    return pki_check_pair("ca", &set->ca, problem, arena) &&
           pki_check_pair("etcd/ca", &set->etcd_ca, problem, arena) &&
           pki_check_pair("front-proxy-ca", &set->front_proxy_ca, problem, arena) &&
           check_service_account(&set->service_account, problem, arena);
}

Str pki_discovery_hash(Str pem, Arena *arena) {
    SCOPED(CertificateRef) certificate = openssl_pem_find_certificate(pem);
    unsigned char *der = NULL;
    int size = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der) : 0;
    if (size <= 0)
        return STR_EMPTY;
    Str digest = digest_hex(DIGEST_SHA256, (Str){(const char *)der, (size_t)size}, arena);
    OPENSSL_free(der);
    return str_concat(STR("sha256:"), digest, arena);
}

bool pki_validity(Str pem, int64_t *start, int64_t *end) {
    SCOPED(CertificateRef) certificate = openssl_pem_find_certificate(pem);
    if (!certificate)
        return false;
    *start = certificate_start(certificate);
    *end = certificate_end(certificate);
    return true;
}

static bool is_named(const GENERAL_NAME *entry, Str name, const ASN1_OCTET_STRING *address) {
    int kind;
    void *value = GENERAL_NAME_get0_value(entry, &kind);
    if (kind == GEN_IPADD)
        return address && ASN1_OCTET_STRING_cmp(value, address) == 0;
    const ASN1_IA5STRING *text = value;
    return kind == GEN_DNS && (size_t)ASN1_STRING_length(text) == name.len &&
           strncasecmp((const char *)ASN1_STRING_get0_data(text), name.ptr, name.len) == 0;
}

bool pki_has_name(Str pem, Str name) {
    SCOPED(CertificateRef) certificate = openssl_pem_find_certificate(pem);
    char text[64];
    bool is_found = false;
    if (!certificate)
        return false;
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    snprintf(text, sizeof text, "%.*s", STR_ARG(name));
    ASN1_OCTET_STRING *address = a2i_IPADDRESS(text);
    for (int i = 0; names && i < sk_GENERAL_NAME_num(names); i++)
        is_found |= is_named(sk_GENERAL_NAME_value(names, i), name, address);
    ASN1_OCTET_STRING_free(address);
    GENERAL_NAMES_free(names);
    return is_found;
}
