/* renewal_lease: the Lease of kube-system that a timer holds while it renews the certificates of
 * its control plane. An apply that changes a control plane takes it too, so that two of them never
 * restart at once. */
#pragma once

#include "cluster_api.h"

/* Takes the Lease for `duration_s` seconds. Waits for a timer that holds it until the deadline of
 * the call; then adds an error. The holder of all applies is the same, so the next one takes the
 * Lease of one that died. *is_held is false if the API server does not respond: then no timer gets
 * the Lease either. */
MUST_USE bool renewal_lease_take(const Call *call, const ClusterApi *api, int64_t duration_s,
                                 bool *is_held, Diags *diags);
/* Returns the Lease. A failure only delays the timers until its duration is over. */
void renewal_lease_return(const ClusterApi *api);
