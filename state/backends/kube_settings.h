/* kube_settings: which API server, and as whom, from the block of the kubernetes backend, the
 * environment and kubeconfig files together. */
#pragma once

#include "backend.h"
#include "kubeconfig.h"

/* Of all that the block may say. */
#define KUBE_SETTINGS_COUNT     19
#define KUBE_SETTINGS_BLOCKS    1
#define KUBE_SETTINGS_VARIABLES 16
extern const Attribute kube_settings_attributes[];
extern const Block kube_settings_blocks[];
extern const BackendVariable kube_settings_variables[];

/* False: something is missing or contradicts. Does not ask the server. */
MUST_USE bool kube_settings_read(
    const Io *io, Value config, KubeTarget *out, Arena *arena, Diags *diags);
