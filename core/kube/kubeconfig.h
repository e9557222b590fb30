/* kubeconfig: which API server, and as whom, from the files that kubectl reads. */
#pragma once

#include "diag.h"
#include "io.h"

/* Who gives the credentials when asked: "exec" of a user. */
typedef struct KubeProgram {
    Str version; /* "client.authentication.k8s.io/v1": how the two speak */
    Str command; /* empty: nobody is asked */
    StrVec arguments;
    StrVec environment; /* "NAME=value" added to ours */
    Str hint;           /* how to install it */
    bool tells_cluster; /* it wants to know for which one */
} KubeProgram;

typedef struct KubeTarget {
    Str server;      /* "https://host:6443"; empty: nothing says */
    Str server_name; /* what its certificate is for, if not its host's name */
    Str proxy;       /* on the way to it; empty: what the environment says */
    Str authorities; /* PEM */
    bool skip_verify;
    Str token;
    Str token_file;      /* instead: it may be written anew */
    KubeProgram program; /* instead */
    Str user;            /* basic authentication */
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

/* What is wrong with the program, a sentence; empty: nothing. */
Str kubeconfig_check_program(const KubeProgram *program, Arena *arena);

MUST_USE bool kubeconfig_read(
    const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena, Diags *diags);

/* What a pod finds: its account's token, the server's address in the environment. */
bool kubeconfig_is_in_cluster(const Io *io);
MUST_USE bool kubeconfig_in_cluster(const Io *io, KubeTarget *out, Arena *arena, Diags *diags);
