/* KubeCredential: what proves to an API server who sends a request. */
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

/* Sets what `target` and `credential` decide about a request: certificate authorities, server name,
 * proxy, compression, and the headers that name the user. The URL is the caller's. */
void kube_auth_apply(const KubeTarget *target,
                     const KubeCredential *credential,
                     HttpRequest *request,
                     Arena *arena);
