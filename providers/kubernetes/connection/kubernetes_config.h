/* kubernetes_config: the provider block → the API server and the user.
 *
 * An argument wins over its environment variable, and both win over kubeconfig files. Without a
 * host and a kubeconfig, the files of kubectl are read, and in a pod its service account. */
#pragma once

#include "kube_target.h"
#include "provider.h"

#define KUBERNETES_CONFIG_COUNT  24
#define KUBERNETES_CONFIG_BLOCKS 1
extern const Attribute kubernetes_config_attributes[];
extern const Block kubernetes_config_blocks[];
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

/* `config` lives as long as the target; sends no request. */
MUST_USE bool kubernetes_config_read(const Call *call, Value config, KubeTarget *out, Arena *arena,
                                     Diags *diags);
