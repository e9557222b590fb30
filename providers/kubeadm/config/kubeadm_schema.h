/* kubeadm_schema: kubeadm's configuration API v1beta4 as attributes. field_name converts the name
 * of an attribute to that of the field. Resource types include the kinds that they need as nested
 * objects. */
#pragma once

#include "schema.h"

#define KUBEADM_API_VERSION "kubeadm.k8s.io/v1beta4"

typedef struct KubeadmKind {
    const char *kind; /* InitConfiguration */
    const NestedObject *object;
} KubeadmKind;

extern const NestedObject kubeadm_schema_init;
extern const NestedObject kubeadm_schema_cluster;
extern const NestedObject kubeadm_schema_join;
extern const NestedObject kubeadm_schema_reset;
extern const NestedObject kubeadm_schema_upgrade;

enum { KUBEADM_KIND_COUNT = 5 };
extern const KubeadmKind kubeadm_kinds[KUBEADM_KIND_COUNT];
