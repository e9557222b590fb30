/* kube_settings: API server and credentials of the kubernetes backend, from its block, the
 * environment and kubeconfig files. */
#pragma once

#include "backend.h"
#include "kube_pod.h"
#include "kubeconfig.h"

/* Sizes of the tables below. */
#define KUBE_SETTINGS_COUNT     20
#define KUBE_SETTINGS_BLOCKS    1
#define KUBE_SETTINGS_VARIABLES 16
extern const Attribute kube_settings_attributes[];
extern const Block kube_settings_blocks[];
extern const BackendVariable kube_settings_variables[];

/* Sends no request. Returns false, with errors, if arguments are missing or conflict. */
MUST_USE bool kube_settings_read(const Io *io, Value config, KubeTarget *out, Arena *arena,
                                 Diags *diags);
