/* KubeLogin: the credentials for an API server. Credentials in the configuration are constant.
 * Those of a file or a program are requested once, and again after the server rejects them: tokens
 * of clouds and pods last for minutes, a run may take hours. Locks itself. */
#pragma once

#include "cancel.h"
#include "kubeconfig.h"

typedef struct KubeLogin KubeLogin;

typedef struct KubeCredential {
    uint64_t number; /* counts the requested credentials from 1; 0: from the configuration */
    Str token;
    Str certificate; /* PEM */
    Str key;
} KubeCredential;

/* `target` must outlive the login. */
KubeLogin *kube_login_new(const Io *io, const KubeTarget *target);
void kube_login_close(KubeLogin *login);
/* Returns a credential with a number above `refused` (0: any credential). On failure, `*problem` is
 * the end of a sentence. */
MUST_USE bool kube_login_get(KubeLogin *login,
                             uint64_t refused,
                             const CancelToken *cancel,
                             KubeCredential *out,
                             Str *problem,
                             Arena *arena);
/* Returns true if a file or a program provides the credentials. */
bool kube_login_is_asked(const KubeLogin *login);
