/* component_config: validates the configurations of kubelet and kube-proxy, with Kubernetes' own
 * field names.
 *
 * They have many fields and change with every release. So their arguments have the type "any", and
 * a table validates names and types of fields at plan time. */
#pragma once

#include "path.h"

typedef enum ComponentKind { COMPONENT_KUBELET, COMPONENT_KUBE_PROXY } ComponentKind;

#define KUBELET_API_VERSION    "kubelet.config.k8s.io/v1beta1"
#define KUBE_PROXY_API_VERSION "kubeproxy.config.k8s.io/v1alpha1"

/* Returns an empty text if the object conforms. Otherwise returns an error text and sets *path to
 * the invalid field, relative to the object. Null and unknown values conform. */
Str component_config_check(ComponentKind kind, Value object, Path *path, Arena *arena);
