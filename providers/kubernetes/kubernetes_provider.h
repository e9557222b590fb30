/* kubernetes: objects of a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define KUBERNETES_RESOURCES(ROW) \
    ROW(kubernetes_manifest) \
    ROW(kubernetes_manifests)
/* clang-format on */

KUBERNETES_RESOURCES(RESOURCE_DECLARE)

extern const Provider kubernetes_provider;
