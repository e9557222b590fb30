/* pki_kubeconfig: a kubeconfig with one cluster, one user and one context, as YAML. */
#pragma once

#include "str.h"

/* Empty texts are omitted. Certificates and keys are PEM. */
typedef struct PkiKubeconfig {
    Str cluster;
    Str user;
    Str server; /* https://host:port */
    Str ca_certificate;
    Str tls_server_name;
    Str proxy_url;
    Str client_certificate;
    Str client_key;
    Str token;
    Str namespace;
} PkiKubeconfig;

Str pki_kubeconfig_text(const PkiKubeconfig *content, Arena *arena);
/* Returns the URL of an endpoint such as "10.0.0.1:6443", or a URL unchanged. */
Str pki_kubeconfig_server(Str endpoint, Arena *arena);
