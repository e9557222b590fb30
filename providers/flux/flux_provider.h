/* flux: objects of Flux in a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define FLUX_TYPES(ROW)                             \
    ROW(ResourceType, flux_alert)                   \
    ROW(ResourceType, flux_bootstrap_git)           \
    ROW(ResourceType, flux_bucket)                  \
    ROW(ResourceType, flux_git_repository)          \
    ROW(ResourceType, flux_helm_chart)              \
    ROW(ResourceType, flux_helm_release)            \
    ROW(ResourceType, flux_helm_repository)         \
    ROW(ResourceType, flux_image_policy)            \
    ROW(ResourceType, flux_image_repository)        \
    ROW(ResourceType, flux_image_update_automation) \
    ROW(ResourceType, flux_instance)                \
    ROW(ResourceType, flux_kustomization)           \
    ROW(ResourceType, flux_notification_provider)   \
    ROW(ResourceType, flux_oci_repository)          \
    ROW(ResourceType, flux_receiver)
/* clang-format on */

FLUX_TYPES(TYPE_DECLARE)

extern const Provider flux_provider;
