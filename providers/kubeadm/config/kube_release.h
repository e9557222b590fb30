/* kube_release: what differs between the minor versions of Kubernetes. No other file compares a
 * version with a constant.
 *
 * Source: cmd/kubeadm/app/constants and features, pkg/kubelet/apis/config/v1beta1/defaults.go and
 * the types of the configurations, in 1.31.14, 1.32.10, 1.33.13, 1.34.4, 1.35.4, 1.36.3 and 1.37.2.
 */
#pragma once

#include "kube_version.h"

/* The minor version of Kubernetes 1 that first has kubeadm's API v1beta4. */
#define KUBE_RELEASE_FIRST 31

/* Returns whether the release is newer than all that loam knows. */
bool kube_release_is_newer(KubeVersion version);
/* Returns the tag of an image of kubeadm, or the beginning of the tag if patch releases differ.
 * NULL if the table has no such image. `image`: "pause", "etcd" or "coredns/coredns". A release
 * that is not known has those of the nearest one. */
const char *kube_release_tag(KubeVersion version, Str image);
/* Returns an error text if the release is older than all that loam knows; otherwise an empty text.
 */
Str kube_release_check_supported(KubeVersion version, Arena *arena);
/* Returns a sentence if the release gets no fixes, or is newer than those that loam was tested
 * with; otherwise an empty text. */
Str kube_release_warning(KubeVersion version, Arena *arena);

/* Returns whether the kubelet does not start on a machine with cgroup v1 unless its field
 * failCgroupV1 is false. */
bool kube_release_needs_cgroup2(KubeVersion version);

typedef enum RuntimeFit {
    RUNTIME_FITS,
    RUNTIME_OLD,     /* accepted, but a later release will not */
    RUNTIME_TOO_OLD, /* the kubelet needs a call that this runtime lacks */
} RuntimeFit;
/* Says whether the kubelet accepts this version of containerd. */
RuntimeFit kube_release_runtime(KubeVersion version, KubeVersion containerd);

/* Whether members of etcd of a version may become those of a release: etcd asks for a later patch
 * before its next minor version.
 *
 * Source: the upgrade guides of etcd 3.6 and 3.7; the constants of kubeadm 1.33.13 and 1.36.3. */
typedef struct EtcdFit {
    Str problem;       /* empty: they may */
    KubeVersion least; /* of the present minor version, from which the next one may follow */
    const char *tag;   /* of an image with a sufficient patch. NULL: kubeadm of the minor version of
                        * Kubernetes before has none, and the risk is left to the user */
} EtcdFit;
EtcdFit kube_release_fit_etcd(KubeVersion version, KubeVersion etcd, Arena *arena);
/* Returns whether the tag is that of a patch of an older minor version of etcd, from which that of
 * the release may follow. */
bool kube_release_is_etcd_patch(KubeVersion version, Str tag);

/* Returns the flag that older versions of kubeadm write to the flags of the kubelet, and that this
 * kubelet rejects; empty if none. */
Str kube_release_removed_flag(KubeVersion version);

/* Returns an error text if kubeadm of this version rejects the feature gate; otherwise an empty
 * text. A gate of a release that is not known is not checked. */
Str kube_release_check_gate(KubeVersion version, Str gate, Arena *arena);
