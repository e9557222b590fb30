/* kube_version: versions of Kubernetes, and the version skew policy between its components.
 *
 * A check returns an empty text if the versions are allowed, otherwise an error text in the arena.
 */
#pragma once

#include "str.h"

typedef struct KubeVersion {
    uint32_t major;
    uint32_t minor;
    uint32_t patch;
    Str suffix; /* "rc.1"; empty: a release */
} KubeVersion;

/* Parses "v1.34.4" or "1.34.4-rc.1". `out->suffix` refers to `text`. */
MUST_USE bool kube_version_parse(Str text, KubeVersion *out);
/* Returns the version without "v": "1.34.4". */
Str kube_version_text(KubeVersion version, Arena *arena);
/* Returns <0, 0 or >0, by the precedence of Semantic Versioning: rc.10 is newer than rc.9, and a
 * release is newer than its pre-releases. */
int kube_version_compare(KubeVersion a, KubeVersion b);

/* A control plane may be upgraded within its minor version or to the next one, and never
 * downgraded. An error for a skipped minor version names the next one. */
Str kube_version_check_upgrade(KubeVersion from, KubeVersion to, Arena *arena);
/* Returns whether a kubelet of this version may belong to an API server of that one: it is not
 * newer, and at most three minor versions older. */
bool kube_version_check_kubelet(KubeVersion kubelet, KubeVersion server);
/* kubeadm must have the minor version with which the cluster was created or last upgraded. */
Str kube_version_check_join(KubeVersion kubeadm, KubeVersion cluster, Arena *arena);
