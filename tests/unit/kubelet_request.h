/* kubelet_request: requests of kubelets for serving certificates, signed by OpenSSL. */
#pragma once

#include "unit.h"

#include "base64.h"
#include "openssl_pem.h"

#define USER   "system:node:w1"
#define USAGES "\"digital signature\",\"server auth\""
#define GROUPS "\"system:nodes\",\"system:authenticated\""

/* A request of a kubelet; one member of a row differs from a good one. */
typedef struct KubeletRequest {
    const char *key;     /* NULL: EC */
    const char *subject; /* common name */
    const char *group;   /* organization */
    const char *names;   /* as in the configuration of OpenSSL; empty: none */
    const char *user;
    const char *groups;
    const char *usages;
    const char *problem; /* a part of the sentence; NULL: none */
} KubeletRequest;

static inline EVP_PKEY *kubelet_request_key(const KubeletRequest *row) {
    return row->key ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048)
                    : EVP_PKEY_Q_keygen(NULL, NULL, "EC", "prime256v1");
}

static inline void kubelet_request_add_entry(X509_NAME *subject, const char *kind,
                                             const char *text) {
    if (text)
        assert_int_equal(X509_NAME_add_entry_by_txt(subject, kind, MBSTRING_UTF8,
                                                    (const unsigned char *)text, -1, -1, 0),
                         1);
}

static inline void kubelet_request_add_names(X509_REQ *request, const char *names) {
    if (!*names)
        return;
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, names);
    assert_non_null(extension);
    sk_X509_EXTENSION_push(extensions, extension);
    assert_int_equal(X509_REQ_add_extensions(request, extensions), 1);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}

static inline Str kubelet_request_pem(const KubeletRequest *row, Arena *arena) {
    SCOPED(KeyRef) key = kubelet_request_key(row);
    SCOPED(RequestRef) request = X509_REQ_new();
    SCOPED(BioRef) bio = BIO_new(BIO_s_mem());
    X509_NAME *subject = X509_REQ_get_subject_name(request);
    kubelet_request_add_entry(subject, "O", row->group);
    kubelet_request_add_entry(subject, "CN", row->subject);
    assert_int_equal(X509_REQ_set_pubkey(request, key), 1);
    kubelet_request_add_names(request, row->names);
    assert_true(X509_REQ_sign(request, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509_REQ(bio, request), 1);
    return openssl_pem_text(bio, arena);
}

static inline Str kubelet_request_object(const KubeletRequest *row, const char *name,
                                         const char *conditions, Arena *arena) {
    Str pem = base64_encode(kubelet_request_pem(row, arena), arena);
    return str_format(
        arena,
        "{\"metadata\":{\"name\":\"%s\",\"resourceVersion\":\"7\",\"creationTimestamp\":"
        "\"2026-11-24T03:00:0%zuZ\"},\"spec\":{\"username\":\"%s\",\"groups\":[%s],\"usages\":[%s],"
        "\"request\":\"%.*s\"},\"status\":{\"conditions\":[%s]}}",
        name, strlen(name) % 10, row->user, row->groups, row->usages, STR_ARG(pem), conditions);
}
