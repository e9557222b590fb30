/* component_config: validates the configurations of kubelet and kube-proxy, with Kubernetes' own
 * field names.
 *
 * They have many fields and change with every release. So their arguments have the type "any", and
 * a table validates names and types of fields at plan time. */
#pragma once

#include "kube_release.h"
#include "path.h"

typedef enum ComponentKind { COMPONENT_KUBELET, COMPONENT_KUBE_PROXY } ComponentKind;

#define KUBELET_API_VERSION    "kubelet.config.k8s.io/v1beta1"
#define KUBE_PROXY_API_VERSION "kubeproxy.config.k8s.io/v1alpha1"

typedef struct ComponentProblem {
    Str text;
    Path path;         /* of the invalid field, relative to the object */
    bool may_be_newer; /* the field is not known, and the release is newer than the table */
} ComponentProblem;

/* Returns whether the object conforms, and otherwise the first problem. Null and unknown values
 * conform. `version`: of the nodes; NULL if it is not known yet. */
bool component_config_check(ComponentKind kind, const KubeVersion *version, Value object,
                            ComponentProblem *problem, Arena *arena);
