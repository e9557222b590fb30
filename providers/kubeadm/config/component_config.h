/* component_config: the configurations of kubelet and kube-proxy, with the names of Kubernetes.
 *
 * They have more than a hundred fields each and change with every release, so they are objects of
 * any type in a configuration; this table checks names and types at plan time. */
#pragma once

#include "path.h"

typedef enum ComponentKind { COMPONENT_KUBELET, COMPONENT_KUBE_PROXY } ComponentKind;

#define KUBELET_API_VERSION    "kubelet.config.k8s.io/v1beta1"
#define KUBE_PROXY_API_VERSION "kubeproxy.config.k8s.io/v1alpha1"

/* Returns an empty text if the object conforms, else a sentence; *path is its place in the object.
 * Unknown values conform. */
Str component_config_check(ComponentKind kind, Value object, Path *path, Arena *arena);
