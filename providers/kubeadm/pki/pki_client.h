/* pki_client: client certificates signed by the certificate authority of a cluster. */
#pragma once

#include "pki.h"
#include "vec.h"

/* Certificates are backdated by this time, as kubeadm does, because the clocks of machines differ.
 */
#define PKI_BACKDATE_SECONDS INT64_C(300)

typedef struct PkiClient {
    Str user;      /* common name (CN) */
    StrVec groups; /* organizations (O) */
    int64_t start; /* seconds since 1970 */
    int64_t end;
} PkiClient;

/* Returns the reason why X.509 cannot hold the user or a group, as a sentence; empty: none. */
Str pki_client_check(Str user, const StrVec *groups, Arena *arena);
/* Generates a key with the algorithm of the authority's key and signs its certificate. On failure
 * returns false and sets *problem to an error text without a full stop. */
MUST_USE bool pki_client_make(const PkiClient *client, const PkiPair *ca, PkiPair *out,
                              Str *problem, Arena *arena);
