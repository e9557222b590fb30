/* kubeadm_refresh: compares stored nodes with their machines, and finds those of interrupted runs.
 */
#pragma once

#include "kubeadm_node.h"

/* Compares machine and stored object, in one round trip. A machine that does not respond
 * (ssh_client_may_assume_unchanged) is a warning, and then the object counts as unchanged.
 * *is_restoring is true if Nodes of lost machines may be left after a restore. */
MUST_USE bool kubeadm_refresh_read(const Call *call, const ReadRequest *request,
                                   bool is_control_plane, Value *state, bool *is_restoring,
                                   Diags *diags);
/* Warns of all Nodes of the cluster that are not ready, and looks at the requests of their
 * kubelets. *state is the stored kubeadm_init. */
MUST_USE bool kubeadm_refresh_nodes(const Call *call, Value *state, Diags *diags);
/* Reads the outcome of an interrupted creation. */
MUST_USE bool kubeadm_refresh_recover(const Call *call, const RecoverRequest *request,
                                      const char *verb, bool is_control_plane,
                                      RecoverResponse *response, Diags *diags);
