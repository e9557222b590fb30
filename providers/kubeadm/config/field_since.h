/* field_since: attributes and values of kubeadm_schema that older versions of kubeadm do not
 * support.
 */
#pragma once

#include "kube_version.h"
#include "path.h"

/* Returns an empty text if `version` supports the object. Otherwise returns an error text and sets
 * *path to the first unsupported attribute, relative to the object. Unknown values are ignored. */
Str field_since_check(Value object, KubeVersion version, Path *path, Arena *arena);
