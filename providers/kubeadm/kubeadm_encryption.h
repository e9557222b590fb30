/* kubeadm_encryption: encryption of objects in etcd, for a new cluster and for one that exists: the
 * plan, and the phases of a change (etcd_encryption.h) on all control planes of the state. The
 * state has the phase after each of them. */
#pragma once

#include "etcd_encryption.h"
#include "etcd_source.h"
#include "kubeadm_node.h"

/* For the validation of a kubeadm_init. */
MUST_USE bool kubeadm_encryption_validate(const Call *call, Value config, Diags *diags);
/* For plans of a kubeadm_init: sets "encryption_state", unknown if it changes, and adds notes of
 * the phases. `joins`: the machine of the object joins its cluster in the same apply. */
MUST_USE bool kubeadm_encryption_plan(const Call *call, const PlanRequest *request, bool joins,
                                      ObjectBuilder *planned, PlanResponse *response, Diags *diags);

/* Returns the object of a kubeadm_init with the file, the flags and the volumes that its
 * "encryption_state" needs. */
Value kubeadm_encryption_object(Value object, Arena *arena);

/* Rejects the machine of a control plane on which a plugin of keys does not respond; call before
 * its API server starts. `init`: the object of the kubeadm_init. */
MUST_USE bool kubeadm_encryption_check_plugins(const KubeadmNode *node, Value init, Diags *diags);

/* For a creation: sets "encryption_state" of the node's object. `is_made`: kubeadm has made the
 * cluster in an earlier run, so its machine has the key. */
MUST_USE bool kubeadm_encryption_create(KubeadmNode *node, bool is_made, Diags *diags);
/* Sets "encryption_state" in a state that a crash has left, from the file on the machine. */
MUST_USE bool kubeadm_encryption_recover(const Call *call, Str id, Value *state, Diags *diags);
/* Rejects a snapshot that needs keys which the stored `encryption_state` of the object lacks. Warns
 * if the snapshot does not say which keys it needs. */
MUST_USE bool kubeadm_encryption_check_snapshot(const Call *call, Value object,
                                                const EtcdSource *source, Diags *diags);
/* Before a restore of etcd: from then on the object of the node, and *state, have the keys of the
 * snapshot, and kubeadm_encryption_update rewrites the data. */
MUST_USE bool kubeadm_encryption_restore(KubeadmNode *node, const SnapshotKeys *snapshot,
                                         Value *state, Diags *diags);
/* Completes a change that has begun, and makes the one that the node's object asks for. *state, the
 * stored object, has each phase that has ended. */
MUST_USE bool kubeadm_encryption_update(const KubeadmNode *node, Value *state, Diags *diags);
/* The same after a restore. If the state has other control planes, which must join first, the next
 * apply does it. */
MUST_USE bool kubeadm_encryption_finish_restore(const KubeadmNode *node, Value *state,
                                                Diags *diags);
