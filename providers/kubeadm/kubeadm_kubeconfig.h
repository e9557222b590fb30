/* kubeadm_kubeconfig: the arguments that the data source and the ephemeral resource share. */
#pragma once

#include "object_builder.h"
#include "pki_kubeconfig.h"
#include "provider.h"

/* clang-format off */
/* Rows for an attribute table. */
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

/* Reads the shared arguments; credentials stay empty. */
PkiKubeconfig kubeadm_kubeconfig_read(Value object, Arena *arena);
