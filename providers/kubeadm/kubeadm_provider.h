/* kubeadm_provider: the types of the provider kubeadm, which creates Kubernetes clusters over SSH.
 */
#pragma once

#include "provider.h"

/* clang-format off */
#define KUBEADM_TYPES(ROW)                           \
    ROW(ResourceType, kubeadm_pki)                   \
    ROW(ResourceType, kubeadm_host)                  \
    ROW(ResourceType, kubeadm_init)                  \
    ROW(ResourceType, kubeadm_join)                  \
    ROW(ResourceType, kubeadm_etcd_snapshot)         \
    ROW(DataSourceType, data_kubeadm_host)           \
    ROW(DataSourceType, data_kubeadm_kubeconfig)     \
    ROW(EphemeralType, ephemeral_kubeadm_kubeconfig) \
    ROW(ActionType, action_kubeadm_etcd_rehearse)
/* clang-format on */

KUBEADM_TYPES(TYPE_DECLARE)

extern const Provider kubeadm_provider;
