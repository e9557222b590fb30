/* kubeadm_provider: the types of the provider kubeadm, which creates Kubernetes clusters over SSH.
 */
#pragma once

#include "provider.h"

/* clang-format off */
#define KUBEADM_RESOURCES(ROW) \
    ROW(kubeadm_pki)       \
    ROW(kubeadm_host)      \
    ROW(kubeadm_init)      \
    ROW(kubeadm_join)      \
    ROW(kubeadm_etcd_snapshot)

#define KUBEADM_DATA_SOURCES(ROW) \
    ROW(data_kubeadm_host)        \
    ROW(data_kubeadm_kubeconfig)

#define KUBEADM_EPHEMERALS(ROW) \
    ROW(ephemeral_kubeadm_kubeconfig)
/* clang-format on */

KUBEADM_RESOURCES(RESOURCE_DECLARE)
KUBEADM_DATA_SOURCES(DATA_SOURCE_DECLARE)
KUBEADM_EPHEMERALS(EPHEMERAL_DECLARE)

extern const Provider kubeadm_provider;
