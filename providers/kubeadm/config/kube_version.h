/* kube_version: versions of Kubernetes, and the differences between components that it supports.
 *
 * Checks return an empty text, or a sentence. */
#pragma once

#include "str.h"

typedef struct KubeVersion {
    uint32_t major;
    uint32_t minor;
    uint32_t patch;
    Str suffix; /* "rc.1"; empty: a release */
} KubeVersion;

/* Reads "v1.34.4" or "1.34.4-rc.1". */
MUST_USE bool kube_version_parse(Str text, KubeVersion *out);
Str kube_version_text(KubeVersion version, Arena *arena); /* 1.34.4 */
/* Returns <0, 0 or >0. A release comes after its candidates, which compare by their text. */
int kube_version_compare(KubeVersion a, KubeVersion b);

/* The configuration API needs kubeadm 1.31 or later. */
Str kube_version_check_supported(KubeVersion version, Arena *arena);
/* From the version of a control plane to another one: the same or the next minor, never back. The
 * sentence names the next minor. */
Str kube_version_check_upgrade(KubeVersion from, KubeVersion to, Arena *arena);
/* A kubelet may be three minors older than the oldest API server, and never newer. */
Str kube_version_check_kubelet(KubeVersion kubelet, KubeVersion server, Arena *arena);
/* kubeadm join must have the minor with which the cluster was made or last upgraded. */
Str kube_version_check_join(KubeVersion kubeadm, KubeVersion cluster, Arena *arena);
