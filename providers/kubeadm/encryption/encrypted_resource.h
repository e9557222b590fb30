/* encrypted_resource: resources whose objects API servers can encrypt in etcd, and loam can
 * rewrite: "secrets", "configmaps", and custom resources ("widgets.example.com"). Other resources
 * of Kubernetes have places in etcd that follow no rule. */
#pragma once

#include "kube_call.h"

bool encrypted_resource_is_valid(Str resource);
/* Returns the beginning of the keys of its objects in etcd: "/registry/secrets/". `top`: prefix of
 * all keys; empty: that of kubeadm. */
Str encrypted_resource_prefix(Str top, Str resource, Arena *arena);
/* Sets *out to the kind as the server serves it. Returns false, with an error, if it does not serve
 * a custom resource. */
MUST_USE bool encrypted_resource_find(const KubeCall *call, Str resource, KubeResource *out,
                                      Diags *diags);
