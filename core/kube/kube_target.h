/* KubeTarget: an API server, and the user that requests are sent as. Made by kubeconfig, or by a
 * caller with arguments of its own, and complete after kube_target_finish. Immutable then. */
#pragma once

#include "str.h"
#include "value.h"
#include "vec.h"

typedef enum KubeInteractive {
    KUBE_INTERACTIVE_IF_AVAILABLE,
    KUBE_INTERACTIVE_NEVER,
    KUBE_INTERACTIVE_ALWAYS, /* rejected: credential plugins get no standard input */
} KubeInteractive;

/* A credential plugin: "exec" of a user in a kubeconfig file. */
typedef struct KubeExec {
    Str api_version; /* "client.authentication.k8s.io/v1" or "…/v1beta1" */
    Str command;     /* empty: no plugin; without a slash it is searched in PATH */
    StrVec args;
    StrVec env;              /* "NAME=value", added to the environment of loam */
    Str install_hint;        /* for the user, if the command does not exist */
    bool should_get_cluster; /* provideClusterInfo */
    KubeInteractive interactive;
} KubeExec;

typedef struct KubeExtra {
    Str key;
    StrVec values;
} KubeExtra;

/* The user that the server treats requests as, if it lets our user do so. */
typedef struct KubeImpersonation {
    Str user; /* empty: no impersonation */
    Str uid;
    StrVec groups;
    VEC(KubeExtra) extra;
} KubeImpersonation;

typedef struct KubeTarget {
    Str server;      /* "https://host:6443/prefix", without a slash at the end; empty: unknown */
    Str server_name; /* name in its certificate; empty: the host of `server` */
    Str proxy;       /* http, https, socks5 or socks5h URL; empty: from the environment variables */
    Str ca_certs;    /* PEM: the certificate authorities; empty: those of the system */
    bool skip_verify;
    bool no_compression; /* ask the server for uncompressed responses */
    Str namespace;       /* namespace of the context; empty: not set */
    Str token;
    Str token_file; /* read again while in use: tokens rotate; if unreadable, `token` */
    KubeExec exec;  /* gives token or certificate, unless `token`, `token_file` or `user` is set */
    Value exec_config; /* for the plugin, with the cluster; null: none */
    Str user;          /* basic authentication */
    Str password;
    Str certificate; /* PEM: client certificate, with its key */
    Str key;
    KubeImpersonation impersonation;
} KubeTarget;

/* Returns the URL with a scheme ("host:6443" means https) and without slashes at the end. */
Str kube_target_complete_server(Str url, Arena *arena);
/* Each returns the end of a sentence ("must be …") about an invalid text; empty if it is valid. Of
 * PEM texts only the labels are checked. */
Str kube_target_check_server(Str url);
Str kube_target_check_proxy(Str url);
Str kube_target_check_certificate(Str pem);
Str kube_target_check_key(Str pem);
/* Returns a sentence about an invalid plugin; empty if it is valid or absent. */
Str kube_target_check_exec(const KubeExec *exec, Arena *arena);

/* Completes the URL of the server, trims the token, and validates URLs, PEM texts, header values
 * and the plugin. On failure `*problem` is a sentence. A target without a server is valid. */
MUST_USE bool kube_target_finish(KubeTarget *target, Str *problem, Arena *arena);
