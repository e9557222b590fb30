/* pki_client: signs certificates with the subjects and usages of kubeadm. */
#include "pki_client.h"
#include "str_quote.h"

#define SHOWN_MAX ((size_t)80)

static bool client_add_part(X509_NAME *name, int part, Str text) {
    return X509_NAME_add_entry_by_NID(name, part, MBSTRING_UTF8, (const unsigned char *)text.ptr,
                                      (int)text.len, -1, 0) == 1;
}

static Str explain_part(const char *what, Str text, Arena *arena) {
    return str_format(arena,
                      "The %s %.*s has not 1 to 64 characters, so no certificate can hold it", what,
                      STR_ARG(str_quote(str_slice(text, 0, SHOWN_MAX), arena)));
}

/* Returns NULL if a name of X.509 cannot hold a text, with the reason in *problem. */
static X509_NAME *subject_of(Str user, const StrVec *groups, Str *problem, Arena *arena) {
    X509_NAME *name = X509_NAME_new();
    CHECK(name);
    *problem = STR_EMPTY;
    vec_each(groups, group) {
        if (!client_add_part(name, NID_organizationName, *group))
            *problem = explain_part("group", *group, arena);
    }
    if (!client_add_part(name, NID_commonName, user))
        *problem = explain_part("user", user, arena);
    if (!problem->len)
        return name;
    X509_NAME_free(name);
    return NULL;
}

Str pki_client_check(Str user, const StrVec *groups, Arena *arena) {
    Str problem;
    X509_NAME_free(subject_of(user, groups, &problem, arena));
    return problem;
}

static X509 *client_sign(const PkiClient *client, EVP_PKEY *key, EVP_PKEY *issuer_key, X509 *issuer,
                         Str *problem, Arena *arena) {
    X509_NAME *subject = subject_of(client->user, &client->groups, problem, arena);
    if (!subject)
        return NULL;
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

bool pki_client_make(const PkiClient *client, const PkiPair *ca, PkiPair *out, Str *problem,
                     Arena *arena) {
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
    certificate = client_sign(client, key, issuer_key, issuer, problem, arena);
    if (!certificate)
        return false;
    *out =
        (PkiPair){openssl_pem_certificate_pem(certificate, arena), certificate_key_pem(key, arena)};
    return true;
}
