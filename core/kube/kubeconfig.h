/* kubeconfig: which API server, and as whom, from the files that kubectl reads. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct KubeTarget {
    Str server;      /* "https://host:6443"; empty: nothing says */
    Str authorities; /* PEM */
    bool skip_verify;
    Str token;
    Str user; /* basic authentication */
    Str password;
    Str certificate; /* PEM */
    Str key;
} KubeTarget;

typedef struct KubeChoice {
    StrVec paths; /* where two say the same, the first counts; one that is not there says nothing */
    Str context;  /* empty: the current one */
    Str cluster;  /* instead of the context's */
    Str user_name; /* the same */
} KubeChoice;

MUST_USE bool kubeconfig_read(
    const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena, Diags *diags);

/* What a pod finds: its account's token, the server's address in the environment. */
bool kubeconfig_is_in_cluster(const Io *io);
MUST_USE bool kubeconfig_in_cluster(const Io *io, KubeTarget *out, Arena *arena, Diags *diags);
