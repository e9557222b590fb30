/* node_object: the Node of a machine in the API. */
#pragma once

#include "cluster_api.h"
#include "kube_version.h"

/* Reads the node; *out is null if there is none. */
MUST_USE bool node_object_read(const ClusterApi *api, Str name, Value *out, Diags *diags);
/* Same; after an error, *is_refused tells whether the server or this program is not accepted: its
 * certificate, or the authority that both must share. */
MUST_USE bool node_object_try_read(const ClusterApi *api, Str name, Value *out, bool *is_refused,
                                   Diags *diags);
/* Waits up to three minutes until the node exists and has its network of pods. If the cluster
 * allocates no such networks, it waits for one only 20 s. */
MUST_USE bool node_object_wait(const Call *call, const ClusterApi *api, Str name, Value *out,
                               Diags *diags);
/* A change of the node's metadata: keys of `prior` that are not in `wanted` are removed. All are
 * maps of strings, or null. */
typedef struct NodeMetadata {
    Value prior_labels;
    Value labels;
    Value prior_annotations;
    Value annotations;
} NodeMetadata;
MUST_USE bool node_object_set(const ClusterApi *api, Str name, const NodeMetadata *metadata,
                              Diags *diags);
/* Sets the taints of the list (key, value, effect), and removes those of `prior` that are not in
 * it. Taints that Kubernetes sets stay. */
MUST_USE bool node_object_taint(const ClusterApi *api, Str name, Value prior, Value taints,
                                Diags *diags);
/* Keeps new pods from the node, as it was read, and marks it for node_object_uncordon. One that
 * others have cordoned stays as it is. */
MUST_USE bool node_object_cordon(const ClusterApi *api, Str name, Value node, Diags *diags);
/* Admits pods to the node again if node_object_cordon has kept them from it. */
MUST_USE bool node_object_uncordon(const ClusterApi *api, Str name, Diags *diags);
/* Waits until the kubelet of the node has at least this version and the node is ready. With an
 * empty name: until all control planes have this version. */
MUST_USE bool node_object_wait_version(const Call *call, const ClusterApi *api, Str name,
                                       KubeVersion version, Diags *diags);
/* Waits until the node is not ready any more, which Kubernetes finds within a minute after the end
 * of its kubelet. Returns true if it stays ready: then its kubelet runs. */
bool node_object_stays_ready(const Call *call, const ClusterApi *api, Str name);
/* Waits up to five minutes until fewer than `limit` workers other than this one are cordoned or not
 * ready. */
MUST_USE bool node_object_wait_available(const Call *call, const ClusterApi *api, Str except,
                                         int64_t limit, Diags *diags);
/* Returns the names of such workers in the items of a list of nodes. */
StrVec node_object_unavailable(Value items, Str except, Arena *arena);
/* Returns the internal address of a Node; empty: none. */
Str node_object_address(Value node);
/* Succeeds if there is no such node. */
MUST_USE bool node_object_delete(const ClusterApi *api, Str name, Diags *diags);
/* Reads all nodes; *out is a tuple. */
MUST_USE bool node_object_list(const ClusterApi *api, Value *out, Diags *diags);
/* Same; *is_refused as in node_object_try_read. */
MUST_USE bool node_object_try_list(const ClusterApi *api, Value *out, bool *is_refused,
                                   Diags *diags);
/* Returns a line "NAME: REASON" for each Node of the list that is not ready. */
StrVec node_object_not_ready(Value items, Arena *arena);
/* Reads the items of a list of nodes with the role of a control plane: their internal addresses,
 * without that of `except`. */
MUST_USE bool node_object_control_planes(const ClusterApi *api, Str except, StrVec *addresses,
                                         Diags *diags);
