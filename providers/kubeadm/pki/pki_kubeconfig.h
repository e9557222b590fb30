/* pki_kubeconfig: a kubeconfig with one cluster, one user and one context, as YAML. */
#pragma once

#include "str.h"

/* The content of a kubeconfig. Empty texts are omitted. Certificates and keys are PEM. */
typedef struct PkiKubeconfig {
    Str cluster;
    Str user;
    Str server; /* URL: https://host:port */
    Str ca_certificate;
    Str tls_server_name;
    Str proxy_url;
    Str client_certificate;
    Str client_key;
    Str token;
    Str namespace;
} PkiKubeconfig;

/* Returns the document as YAML. Its only context is "USER@CLUSTER" and is the current one. */
Str pki_kubeconfig_text(const PkiKubeconfig *content, Arena *arena);
/* Returns the https URL of an endpoint such as "10.0.0.1:6443". Returns a URL unchanged. */
Str pki_kubeconfig_server(Str endpoint, Arena *arena);
