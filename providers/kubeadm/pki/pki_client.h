/* pki_client: client certificates that the authority of a cluster signs. */
#pragma once

#include "pki.h"
#include "vec.h"

/* kubeadm dates certificates back by this time, because clocks of machines differ. */
#define PKI_BACKDATE_SECONDS INT64_C(300)

typedef struct PkiClient {
    Str user;      /* CN */
    StrVec groups; /* O */
    int64_t start; /* seconds of the epoch */
    int64_t end;
} PkiClient;

/* Makes a key of the authority's algorithm and signs its certificate. *problem is a sentence
 * without a stop. */
MUST_USE bool pki_client_make(
    const PkiClient *client, const PkiPair *ca, PkiPair *out, Str *problem, Arena *arena);
