/* argocd: objects of Argo CD in a Kubernetes cluster. */
#pragma once

#include "provider.h"

/* clang-format off */
#define ARGOCD_RESOURCES(ROW) \
    ROW(argocd_application) \
    ROW(argocd_application_set) \
    ROW(argocd_cluster) \
    ROW(argocd_install) \
    ROW(argocd_project) \
    ROW(argocd_repository) \
    ROW(argocd_repository_certificate) \
    ROW(argocd_repository_credentials)

#define ARGOCD_EPHEMERALS(ROW) \
    ROW(ephemeral_argocd_initial_admin)
/* clang-format on */

ARGOCD_RESOURCES(RESOURCE_DECLARE)
ARGOCD_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider argocd_provider;
