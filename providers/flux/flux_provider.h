/* flux: objects of Flux in a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define FLUX_RESOURCES(ROW) \
    ROW(flux_alert) \
    ROW(flux_bootstrap_git) \
    ROW(flux_bucket) \
    ROW(flux_git_repository) \
    ROW(flux_helm_chart) \
    ROW(flux_helm_release) \
    ROW(flux_helm_repository) \
    ROW(flux_image_policy) \
    ROW(flux_image_repository) \
    ROW(flux_image_update_automation) \
    ROW(flux_instance) \
    ROW(flux_kustomization) \
    ROW(flux_notification_provider) \
    ROW(flux_oci_repository) \
    ROW(flux_receiver)
/* clang-format on */

FLUX_RESOURCES(RESOURCE_DECLARE)

extern const Provider flux_provider;
