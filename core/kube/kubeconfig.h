/* kubeconfig: reads the API server and the user from the files of kubectl. */
#pragma once

#include "diag.h"
#include "io.h"

/* The program that provides credentials: "exec" of a user. */
typedef struct KubeProgram {
    Str version; /* API version of the protocol: "client.authentication.k8s.io/v1" */
    Str command; /* empty: no program */
    StrVec arguments;
    StrVec environment; /* "NAME=value", added to the environment of loam */
    Str hint;           /* installation hint for the user */
    bool tells_cluster; /* pass the cluster to the program (provideClusterInfo) */
} KubeProgram;

typedef struct KubeTarget {
    Str server;      /* "https://host:6443"; empty: unknown */
    Str server_name; /* name in its certificate; empty: the host of `server` */
    Str proxy;       /* proxy URL; empty: from the environment variables */
    Str ca_certs;    /* PEM: the certificate ca_certs */
    bool skip_verify;
    Str token;
    Str token_file;      /* read instead of `token`; its content may change */
    KubeProgram program; /* run instead of using `token` */
    Str user;            /* basic authentication */
    Str password;
    Str certificate; /* PEM */
    Str key;
} KubeTarget;

typedef struct KubeChoice {
    StrVec paths;  /* earlier files win; a missing file is skipped */
    Str context;   /* empty: current-context */
    Str cluster;   /* overrides the cluster of the context */
    Str user_name; /* overrides the user of the context */
} KubeChoice;

/* Returns a sentence about an invalid program; empty if it is valid. */
Str kubeconfig_check_program(const KubeProgram *program, Arena *arena);

MUST_USE bool kubeconfig_read(
    const Io *io, const KubeChoice *choice, KubeTarget *out, Arena *arena, Diags *diags);

/* Inside a pod: the token of its service account, and the server address from environment
 * variables. */
bool kubeconfig_is_in_cluster(const Io *io);
MUST_USE bool kubeconfig_in_cluster(const Io *io, KubeTarget *out, Arena *arena, Diags *diags);
