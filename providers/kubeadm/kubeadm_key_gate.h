/* kubeadm_key_gate: whether the API servers of all control planes use the file of their keys: they
 * have loaded it, and etcd has their objects with the wanted key. */
#pragma once

#include "etcd_gateway.h"
#include "kubeadm_peer.h"

typedef struct KeyFile {
    Str content;
    Str former; /* returns where an API server does not load the content */
} KeyFile;

/* Places the file on all machines, and waits until their API servers have loaded it. *has_late:
 * some have not, and their machines have the former file. */
MUST_USE bool kubeadm_key_gate_reload(const Call *call, const KubeadmPeers *peers,
                                      const KeyFile *file, bool *has_late, Diags *diags);

/* An object that API servers write. */
typedef struct KeyCanary {
    const KubeResource *resource; /* Secret or ConfigMap */
    Str directory;                /* of the keys of the resource in etcd */
    Str prefix;                   /* of its value in etcd; empty: it is not encrypted */
} KeyCanary;

/* Lets each API server write the object until its value has the prefix, and deletes the object. */
MUST_USE bool kubeadm_key_gate_canary(const Call *call, const KubeadmPeers *peers,
                                      const KeyCanary *canary, Diags *diags);
/* Opens requests to the etcd of the first control plane. */
MUST_USE bool kubeadm_key_gate_etcd(const KubeadmPeers *peers, EtcdGateway *out, Diags *diags);
