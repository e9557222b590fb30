/* pki: the certificate authorities of a cluster, created before its first machine. kubeadm uses
 * them if it finds their files in /etc/kubernetes/pki.
 *
 * Texts are PEM. On failure, *problem is set to an error text without a full stop. */
#pragma once

#include "certificate.h"

/* A certificate (or a public key) and its private key. */
typedef struct PkiPair {
    Str certificate;
    Str key;
} PkiPair;

typedef struct PkiSet {
    PkiPair ca;
    PkiPair etcd_ca;
    PkiPair front_proxy_ca;
    PkiPair service_account; /* `certificate` is a public key */
} PkiSet;

/* A file of the set below /etc/kubernetes/pki. */
typedef struct PkiFile {
    const char *path;
    size_t offset; /* of its Str in PkiSet */
    bool is_secret;
} PkiFile;
enum { PKI_FILE_COUNT = 8 };
extern const PkiFile pki_files[PKI_FILE_COUNT];
/* Returns the member of the set that the file contains. */
Str *pki_set_text(PkiSet *set, const PkiFile *file);

/* A pair of the set, and its attributes in resource types. */
typedef struct PkiMember {
    const char *name;
    const char *public_name;
    size_t offset; /* of its PkiPair in PkiSet */
} PkiMember;
enum { PKI_MEMBER_COUNT = 4 };
extern const PkiMember pki_members[PKI_MEMBER_COUNT];
PkiPair *pki_set_pair(PkiSet *set, const PkiMember *member);

/* The values of the field encryptionAlgorithm of kubeadm. */
#define PKI_ALGORITHMS "RSA-2048 RSA-3072 RSA-4096 ECDSA-P256 ECDSA-P384"

/* Returns a new key, which the caller frees (EVP_PKEY_free); NULL if OpenSSL cannot generate it. */
EVP_PKEY *pki_key_generate(Str algorithm);
/* Returns the name of the key's algorithm; empty if kubeadm does not support it. */
Str pki_key_algorithm(const EVP_PKEY *key);
/* Creates all authorities and the service account key, valid from `start` to `end` (seconds since
 * 1970). */
MUST_USE bool pki_set_make(Str algorithm, int64_t start, int64_t end, PkiSet *out, Str *problem,
                           Arena *arena);
/* Verifies an imported set: each key must belong to its certificate, which must be that of a
 * certificate authority. */
MUST_USE bool pki_set_check(const PkiSet *set, Str *problem, Arena *arena);
/* Returns the hash by which a joining node verifies the cluster: "sha256:" and the digest of the
 * certificate's public key (SubjectPublicKeyInfo). Empty if the text is not a certificate. */
Str pki_discovery_hash(Str certificate, Arena *arena);
/* Sets *start and *end to the validity of the certificate (seconds since 1970). Returns false if
 * the text is not a certificate. */
MUST_USE bool pki_validity(Str certificate, int64_t *start, int64_t *end);
/* Returns whether the certificate has a subject alternative name, which is a DNS name or an
 * address. False if the text is not a certificate. */
bool pki_has_name(Str pem, Str name);
