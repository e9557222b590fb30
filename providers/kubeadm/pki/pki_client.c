/* pki_client: signs certificates with the subjects and usages of kubeadm. */
#include "pki_client.h"

static X509_NAME *subject_of(const PkiClient *client) {
    X509_NAME *name = X509_NAME_new();
    CHECK(name);
    vec_each(&client->groups, group) {
        CHECK(X509_NAME_add_entry_by_NID(name, NID_organizationName, MBSTRING_UTF8,
                                         (const unsigned char *)group->ptr, (int)group->len, -1,
                                         0) == 1);
    }
    CHECK(X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                     (const unsigned char *)client->user.ptr, (int)client->user.len,
                                     -1, 0) == 1);
    return name;
}

static X509 *sign(const PkiClient *client,
                  EVP_PKEY *key,
                  EVP_PKEY *issuer_key,
                  X509 *issuer,
                  Str *problem,
                  Arena *arena) {
    X509_NAME *subject = subject_of(client);
    EXTENDED_KEY_USAGE *purposes = sk_ASN1_OBJECT_new_null();
    CHECK(purposes && sk_ASN1_OBJECT_push(purposes, OBJ_nid2obj(NID_client_auth)) > 0);
    CertificateContent content = {
        .key = key,
        .subject = subject,
        .usage = KU_DIGITAL_SIGNATURE | KU_KEY_ENCIPHERMENT,
        .purposes = purposes,
        .start = client->start,
        .end = client->end,
    };
    X509 *certificate = certificate_sign(&content, issuer_key, issuer, problem, arena);
    sk_ASN1_OBJECT_pop_free(purposes, ASN1_OBJECT_free);
    X509_NAME_free(subject);
    return certificate;
}

bool pki_client_make(
    const PkiClient *client, const PkiPair *ca, PkiPair *out, Str *problem, Arena *arena) {
    Diags ignored = diags_new(arena);
    SCOPED(KeyRef) issuer_key = openssl_pem_read_key(ca->key, "", "", &ignored);
    SCOPED(CertificateRef) issuer = openssl_pem_find_certificate(ca->certificate);
    if (!issuer_key || !issuer || X509_check_private_key(issuer, issuer_key) != 1) {
        *problem = STR("the key of the authority does not belong to its certificate");
        return false;
    }
    Str algorithm = pki_key_algorithm(issuer_key);
    SCOPED(KeyRef) key = pki_key_generate(algorithm.len ? algorithm : STR("ECDSA-P256"));
    CHECK(key);
    SCOPED(CertificateRef)
    certificate = sign(client, key, issuer_key, issuer, problem, arena);
    if (!certificate)
        return false;
    *out =
        (PkiPair){openssl_pem_certificate_pem(certificate, arena), certificate_key_pem(key, arena)};
    return true;
}
