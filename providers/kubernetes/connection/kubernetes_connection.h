/* kubernetes_connection: the provider configuration of the providers that manage objects of a
 * Kubernetes cluster: the API server and the user. Their client is a Cluster.
 *
 * An argument wins over its environment variable, and both win over kubeconfig files. Without a
 * host and a kubeconfig, the files of kubectl are read, and in a pod its service account. */
#pragma once

#include "kube_target.h"
#include "provider.h"

#define KUBERNETES_CONNECTION_COUNT  24
#define KUBERNETES_CONNECTION_BLOCKS 1
#define KUBERNETES_CONNECTION_RULES  4
extern const Attribute kubernetes_connection_attributes[];
extern const Block kubernetes_connection_blocks[];
extern const ArgumentRule kubernetes_connection_rules[KUBERNETES_CONNECTION_RULES];
#define KUBERNETES_EXEC_COUNT 4
extern const Attribute kubernetes_exec_attributes[KUBERNETES_EXEC_COUNT];
/* A row of a table of blocks. */
#define KUBERNETES_EXEC_BLOCK                                                                      \
    {                                                                                              \
        .name = "exec", .nesting = NEST_SINGLE,                                                    \
        .schema = {.attributes = kubernetes_exec_attributes,                                       \
                   .attribute_count = KUBERNETES_EXEC_COUNT,                                       \
                   .description = "Program that prints the credential, as in a kubeconfig file."}, \
        .max_items = 1,                                                                            \
    }

/* The initializer of Provider.schema. */
#define KUBERNETES_CONNECTION_SCHEMA                                                               \
    {                                                                                              \
        .attributes = kubernetes_connection_attributes,                                            \
        .attribute_count = KUBERNETES_CONNECTION_COUNT, .blocks = kubernetes_connection_blocks,    \
        .block_count = KUBERNETES_CONNECTION_BLOCKS, .rules = kubernetes_connection_rules,         \
        .rule_count = KUBERNETES_CONNECTION_RULES,                                                 \
        .description = "The API server and the user. Without arguments they are those of kubectl." \
    }

/* Finds the API server and the user. `config` lives as long as the target; sends no request. */
MUST_USE bool kubernetes_connection_read(const Call *call, Value config, KubeTarget *out,
                                         Arena *arena, Diags *diags);
/* The slots `configure` and `close` of Provider. */
MUST_USE bool kubernetes_connection_configure(const Call *call, const ConfigureRequest *request,
                                              ConfigureResponse *response, Diags *diags);
void kubernetes_connection_close(void *client);
