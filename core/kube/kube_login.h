/* KubeLogin: as whom an API server is asked. What is written down stays; what a file or a program
 * says is asked for once, and anew when the server does not take it any more: tokens of clouds and
 * of pods last for minutes, a run may take hours. Guards itself. */
#pragma once

#include "cancel.h"
#include "kubeconfig.h"

typedef struct KubeLogin KubeLogin;

typedef struct KubeCredential {
    uint64_t number; /* the how manieth that was asked for; 0: written down */
    Str token;
    Str certificate; /* PEM */
    Str key;
} KubeCredential;

/* `target` must live as long. */
KubeLogin *kube_login_new(const Io *io, const KubeTarget *target);
void kube_login_close(KubeLogin *login);
/* One that is younger than `refused`; 0: any. False: there is none, with *problem, a sentence's
 * end. */
MUST_USE bool kube_login_get(KubeLogin *login,
                             uint64_t refused,
                             const CancelToken *cancel,
                             KubeCredential *out,
                             Str *problem,
                             Arena *arena);
/* Whether there is something to ask. */
bool kube_login_is_asked(const KubeLogin *login);
