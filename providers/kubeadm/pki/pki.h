/* pki: the certificate authorities of a cluster, made before its first machine, in the
 * form of kubeadm, which uses the files that it finds in /etc/kubernetes/pki.
 *
 * Texts are PEM. Problems are sentences without a stop. */
#pragma once

#include "certificate.h"

/* A certificate or a public key, and its private key. */
typedef struct PkiPair {
    Str certificate;
    Str key;
} PkiPair;

typedef struct PkiSet {
    PkiPair ca;
    PkiPair etcd_ca;
    PkiPair front_proxy_ca;
    PkiPair service_account; /* a public key instead of a certificate */
} PkiSet;

/* A file of the set below /etc/kubernetes/pki. */
typedef struct PkiFile {
    const char *path;
    size_t offset; /* of its Str in PkiSet */
    bool is_secret;
} PkiFile;
enum { PKI_FILE_COUNT = 8 };
extern const PkiFile pki_files[PKI_FILE_COUNT];
Str *pki_set_text(PkiSet *set, const PkiFile *file);

/* The values of kubeadm's encryptionAlgorithm. */
#define PKI_ALGORITHMS "RSA-2048 RSA-3072 RSA-4096 ECDSA-P256 ECDSA-P384"

/* Returns a new key; NULL if OpenSSL cannot generate it. */
EVP_PKEY *pki_key_generate(Str algorithm);
/* Returns the name of the key's algorithm; empty if kubeadm does not support it. */
Str pki_key_algorithm(const EVP_PKEY *key);
/* Makes all authorities, valid from `start` to `end` (seconds of the epoch). */
MUST_USE bool pki_set_make(
    Str algorithm, int64_t start, int64_t end, PkiSet *out, Str *problem, Arena *arena);
/* Verifies a set from outside: each key belongs to its certificate, which is that of an authority.
 */
MUST_USE bool pki_set_check(const PkiSet *set, Str *problem, Arena *arena);
/* Returns the hash by which a joining node recognizes the cluster: "sha256:" and the digest of the
 * certificate's public key (SubjectPublicKeyInfo). Empty if the text is not a certificate. */
Str pki_discovery_hash(Str certificate, Arena *arena);
/* Reads the validity of a certificate; returns false if the text is not one. */
MUST_USE bool pki_validity(Str certificate, int64_t *start, int64_t *end);
