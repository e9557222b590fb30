/* KubeCredential: the token or client certificate that authenticates requests to an API server. */
#pragma once

#include "http.h"
#include "kube_target.h"

typedef struct KubeCredential {
    uint64_t number; /* counts the credentials obtained from 1; 0: from the configuration */
    Str token;
    Str certificate; /* PEM */
    Str key;
    int64_t expires_ms; /* Unix time; 0: unknown */
} KubeCredential;

/* Sets what `target` and `credential` decide about a request: TLS, proxy, compression, and the
 * user (bearer token, else password; impersonation). The URL is the caller's. */
void kube_auth_apply(const KubeTarget *target, const KubeCredential *credential,
                     HttpRequest *request, Arena *arena);
