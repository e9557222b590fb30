/* kubeadm_refresh: compares stored nodes with their machines, and finds those of interrupted runs.
 */
#pragma once

#include "kubeadm_node.h"

/* Compares machine and stored object, in one round trip. A machine that does not respond is a
 * warning, and then the object counts as unchanged. */
MUST_USE bool kubeadm_refresh_read(const Call *call,
                                   bool is_control_plane,
                                   Value *state,
                                   Diags *diags);
/* Reads the outcome of an interrupted creation. */
MUST_USE bool kubeadm_refresh_recover(const Call *call,
                                      const RecoverRequest *request,
                                      const char *verb,
                                      bool is_control_plane,
                                      RecoverResponse *response,
                                      Diags *diags);
