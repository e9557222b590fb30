/* argocd: objects of Argo CD in a Kubernetes cluster. */
#pragma once

#include "provider.h"

#define ARGOCD_VERSION "argoproj.io/v1alpha1" /* apiVersion of its kinds */

/* clang-format off */
#define ARGOCD_TYPES(ROW)                              \
    ROW(ResourceType, argocd_application)              \
    ROW(ResourceType, argocd_application_set)          \
    ROW(ResourceType, argocd_cluster)                  \
    ROW(ResourceType, argocd_install)                  \
    ROW(ResourceType, argocd_project)                  \
    ROW(ResourceType, argocd_repository)               \
    ROW(ResourceType, argocd_repository_certificate)   \
    ROW(ResourceType, argocd_repository_credentials)   \
    ROW(EphemeralType, ephemeral_argocd_initial_admin)
/* clang-format on */

ARGOCD_TYPES(TYPE_DECLARE)

extern const Provider argocd_provider;
