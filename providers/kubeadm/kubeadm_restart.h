/* kubeadm_restart: how many machines of a cluster restart their container runtime at one time. */
#pragma once

#include "provider.h"

/* The slot `limits` of kubeadm_host. A change that restarts the runtime of a node counts among the
 * changes of its cluster: as many as max_unavailable of the workers allows, and with a control
 * plane among them no other one. Machines without a node have no limit, unless the runtime of a
 * prepared machine restarts: another state may have its node. */
MUST_USE bool kubeadm_restart_limits(const Call *call, const LimitsRequest *request,
                                     LimitsResponse *response, Diags *diags);
