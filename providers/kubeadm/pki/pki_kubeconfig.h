/* pki_kubeconfig: a kubeconfig with one cluster, one user and one context, as YAML. */
#pragma once

#include "object_builder.h"

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

/* clang-format off */
/* Rows for an attribute table of a kubeconfig. */
#define KUBECONFIG_ATTRIBUTES                                                                      \
    {"server",          &TYPE_STRING, REQUIRED, "Endpoint of the API server: a URL, or host and port such as \"10.0.0.1:6443\"."}, \
    {"ca_certificate",  &TYPE_STRING, REQUIRED, "Certificate of the cluster's certificate authority in PEM."}, \
    {"cluster_name",    &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the cluster in the kubeconfig.", .default_json = "\"kubernetes\""}, \
    {"user",            &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the user: the common name of the client certificate, or the user in the kubeconfig.", .default_json = "\"kubernetes-admin\""}, \
    {"namespace",       &TYPE_STRING, OPTIONAL, "Default namespace of the context."},                      \
    {"tls_server_name", &TYPE_STRING, OPTIONAL, "Name that the server's certificate must have, if it is not the host of the endpoint."}, \
    {"proxy_url",       &TYPE_STRING, OPTIONAL, "URL of a proxy for connections to the API server."},                                \
    {"kubeconfig",      &TYPE_STRING, COMPUTED | SENSITIVE, "The kubeconfig as YAML."}
/* clang-format on */

/* Reads these arguments; credentials stay empty. */
PkiKubeconfig pki_kubeconfig_read(Value object, Arena *arena);
