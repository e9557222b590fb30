/* kubeadm_kubeconfig: arguments that the data source and the ephemeral resource of this name
 * share. */
#pragma once

#include "object_builder.h"
#include "pki_kubeconfig.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table. */
#define KUBECONFIG_ATTRIBUTES                                                                      \
    {"server",          &TYPE_STRING, REQUIRED, "Endpoint of the API server: \"10.0.0.1:6443\" or a URL."}, \
    {"ca_certificate",  &TYPE_STRING, REQUIRED, "Certificate of the cluster's authority in PEM."}, \
    {"cluster_name",    &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the cluster in the kubeconfig.", .default_json = "\"kubernetes\""}, \
    {"user",            &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the user.", .default_json = "\"kubernetes-admin\""}, \
    {"namespace",       &TYPE_STRING, OPTIONAL, "Namespace of the context."},                      \
    {"tls_server_name", &TYPE_STRING, OPTIONAL, "Name in the server's certificate, if it is not that of the endpoint."}, \
    {"proxy_url",       &TYPE_STRING, OPTIONAL, "URL of a proxy."},                                \
    {"kubeconfig",      &TYPE_STRING, COMPUTED | SENSITIVE, "The kubeconfig as YAML."}
/* clang-format on */

/* Reads the shared arguments; credentials stay empty. */
PkiKubeconfig kubeadm_kubeconfig_read(Value object, Arena *arena);
