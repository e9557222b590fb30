/* etcd_image: brings an image of etcd to a machine before its manifest names it. */
#pragma once

#include "host_bundle.h"

typedef struct EtcdImage {
    Str name;                 /* "registry.k8s.io/etcd:3.6.11-0" */
    const HostBundle *bundle; /* that has it; NULL: none */
    Str config; /* of kubeadm, with which it pulls the image; empty: not from a registry */
} EtcdImage;

/* Imports or pulls the image, unless the machine has it. `id`: of the remote step; adds an error if
 * the image comes neither from a bundle nor from a registry and the machine lacks it. */
MUST_USE bool etcd_image_bring(SshLink *link, const NodeRuntime *runtime, const EtcdImage *image,
                               Str id, Diags *diags);
