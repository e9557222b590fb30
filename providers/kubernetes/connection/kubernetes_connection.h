/* kubernetes_connection: the provider configuration of the providers that manage objects of a
 * Kubernetes cluster. Their client is a Cluster. */
#pragma once

#include "kubernetes_config.h"

#define KUBERNETES_CONNECTION_RULES 4
extern const ArgumentRule kubernetes_connection_rules[KUBERNETES_CONNECTION_RULES];

/* The initializer of Provider.schema. */
#define KUBERNETES_CONNECTION_SCHEMA                                                               \
    {                                                                                              \
        .attributes = kubernetes_config_attributes, .attribute_count = KUBERNETES_CONFIG_COUNT,    \
        .blocks = kubernetes_config_blocks, .block_count = KUBERNETES_CONFIG_BLOCKS,               \
        .rules = kubernetes_connection_rules, .rule_count = KUBERNETES_CONNECTION_RULES,           \
        .description = "The API server and the user. Without arguments they are those of kubectl." \
    }

/* The slots `configure` and `close` of Provider. */
MUST_USE bool kubernetes_connection_configure(const Call *call, const ConfigureRequest *request,
                                              ConfigureResponse *response, Diags *diags);
void kubernetes_connection_close(void *client);
