/* field_since: attributes and values of kubeadm_schema that older versions of kubeadm do not know.
 */
#pragma once

#include "kube_version.h"
#include "path.h"

/* Returns an empty text, or a sentence; *path is the place of the first such attribute in the
 * object. Unknown values are ignored. */
Str field_since_check(Value object, KubeVersion version, Path *path, Arena *arena);
