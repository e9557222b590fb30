/* network_update: how a change of a network reaches the host.
 *
 *    live     reservations, ranges and names: virNetworkUpdate; guests stay connected
 *    restart  all else: the network is stopped and started. libvirt leaves the guests'
 *             interfaces without a bridge, so they are reconnected */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef struct NetworkChange {
    bool hosts;
    bool ranges;
    bool dns_hosts;
    bool portgroups;
    const char *restart; /* an attribute that needs a restart, or NULL */
} NetworkChange;

NetworkChange network_update_compare(Value prior, Value planned, Arena *arena);
/* Applies the changes of an active network that need no restart. The caller updates the inactive
 * XML. */
MUST_USE bool network_update_live(const Call *call, virNetworkPtr network, Value prior,
                                  Value planned, Diags *diags);
MUST_USE bool network_update_start(const Call *call, virNetworkPtr network, Diags *diags);
/* Stops and starts a running network. */
MUST_USE bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags);
