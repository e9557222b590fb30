/* certificate: sets the fields and extensions, and signs. */
#include "certificate.h"
#include "random.h"

#include <openssl/bn.h>

static void certificate_add_extension(X509 *certificate, int nid, void *value, bool is_critical) {
    CHECK(X509_add1_ext_i2d(certificate, nid, value, is_critical, X509V3_ADD_DEFAULT) == 1);
}

static void set_key_usage(X509 *certificate, unsigned bits) {
    ASN1_BIT_STRING *usage = ASN1_BIT_STRING_new();
    CHECK(usage);
    for (int bit = 0; bit < 16; bit++) {
        /* Bit 0 is the top bit of the first byte, bit 8 that of the second. */
        unsigned mask = bit < 8 ? 0x80U >> bit : 0x8000U >> (bit - 8);
        if (bits & mask)
            CHECK(ASN1_BIT_STRING_set_bit(usage, bit, 1) == 1);
    }
    certificate_add_extension(certificate, NID_key_usage, usage, true);
    ASN1_BIT_STRING_free(usage);
}

static void certificate_set_constraints(X509 *certificate, const CertificateContent *content) {
    BASIC_CONSTRAINTS *constraints = BASIC_CONSTRAINTS_new();
    CHECK(constraints);
    if (content->is_ca) {
        constraints->ca = 0xff;
        if (content->path_length >= 0) {
            constraints->pathlen = ASN1_INTEGER_new();
            CHECK(constraints->pathlen &&
                  ASN1_INTEGER_set_int64(constraints->pathlen, content->path_length) == 1);
        }
    }
    certificate_add_extension(certificate, NID_basic_constraints, constraints, true);
    BASIC_CONSTRAINTS_free(constraints);
}

static void set_subject_key_id(X509 *certificate) {
    unsigned char bytes[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
    CHECK(id && X509_pubkey_digest(certificate, EVP_sha1(), bytes, &size) == 1);
    CHECK(ASN1_OCTET_STRING_set(id, bytes, (int)size) == 1);
    certificate_add_extension(certificate, NID_subject_key_identifier, id, false);
    ASN1_OCTET_STRING_free(id);
}

/* Copies the key ID of the issuer, if it has one. */
static void set_authority_key_id(X509 *certificate, X509 *issuer) {
    ASN1_OCTET_STRING *id = X509_get_ext_d2i(issuer, NID_subject_key_identifier, NULL, NULL);
    if (!id)
        return;
    AUTHORITY_KEYID *authority = AUTHORITY_KEYID_new();
    CHECK(authority);
    authority->keyid = id;
    certificate_add_extension(certificate, NID_authority_key_identifier, authority, false);
    AUTHORITY_KEYID_free(authority);
}

static void certificate_set_serial(X509 *certificate) {
    unsigned char bytes[16];
    random_fill(bytes, sizeof bytes);
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    CHECK(number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
    BN_free(number);
}

static void certificate_fill_in(X509 *certificate, const CertificateContent *content,
                                X509 *issuer) {
    const X509_NAME *issuer_name = issuer ? X509_get_subject_name(issuer) : content->subject;
    CHECK(X509_set_version(certificate, X509_VERSION_3) == 1);
    CHECK(X509_set_subject_name(certificate, content->subject) == 1);
    CHECK(X509_set_issuer_name(certificate, issuer_name) == 1);
    CHECK(X509_set_pubkey(certificate, content->key) == 1);
    if (content->usage)
        set_key_usage(certificate, content->usage);
    if (content->purposes)
        certificate_add_extension(certificate, NID_ext_key_usage, content->purposes, false);
    certificate_set_constraints(certificate, content);
    if (content->sets_subject_key_id)
        set_subject_key_id(certificate);
    if (issuer || content->sets_authority_key_id)
        set_authority_key_id(certificate, issuer ? issuer : certificate);
    if (content->names)
        certificate_add_extension(certificate, NID_subject_alt_name, content->names,
                                  X509_NAME_entry_count(content->subject) == 0);
    certificate_set_serial(certificate);
    CHECK(ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)content->start));
    CHECK(ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)content->end));
}

X509 *certificate_sign(const CertificateContent *content, EVP_PKEY *issuer_key, X509 *issuer,
                       Str *problem, Arena *arena) {
    SCOPED(CertificateRef) certificate = X509_new();
    CHECK(certificate);
    certificate_fill_in(certificate, content, issuer);
    if (X509_sign(certificate, issuer_key, openssl_pem_signature_digest(issuer_key)) == 0) {
        *problem =
            str_format(arena, "OpenSSL cannot sign it: %.*s", STR_ARG(openssl_pem_reason(arena)));
        return NULL;
    }
    X509 *out = certificate;
    certificate = NULL;
    return out;
}

Str certificate_serial(X509 *certificate, Arena *arena) {
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get_serialNumber(certificate), NULL);
    char *text = number ? BN_bn2dec(number) : NULL;
    CHECK(text);
    Str decimal = str_clone(str_from_cstr(text), arena);
    OPENSSL_free(text);
    BN_free(number);
    return decimal;
}

static int64_t seconds_of(const ASN1_TIME *time) {
    int days = 0, seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    CHECK(epoch);
    bool is_time = ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    return is_time ? (int64_t)days * 86400 + seconds : 0;
}

int64_t certificate_start(const X509 *certificate) {
    return seconds_of(X509_get0_notBefore(certificate));
}

int64_t certificate_end(const X509 *certificate) {
    return seconds_of(X509_get0_notAfter(certificate));
}

Str certificate_key_pem(EVP_PKEY *key, Arena *arena) {
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    CHECK(bio && PEM_write_bio_PrivateKey_traditional(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
    return openssl_pem_text(bio, arena);
}

Str certificate_public_key_pem(EVP_PKEY *key, Arena *arena) {
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    CHECK(bio && PEM_write_bio_PUBKEY(bio, key) == 1);
    return openssl_pem_text(bio, arena);
}
