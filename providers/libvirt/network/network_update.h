/* network_update: how a change of a network reaches the host.
 *
 *   live     reservations, ranges and names: virNetworkUpdate; guests stay connected
 *   restart  all else: the network is stopped and started, and the guests' interfaces, which
 * libvirt leaves without a bridge, are put back on it */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

typedef struct NetworkChange {
    bool hosts;
    bool ranges;
    bool dns_hosts;
    const char *restart; /* name of an attribute that needs one, or NULL */
} NetworkChange;

NetworkChange network_update_compare(Value prior, Value planned, Arena *arena);
/* The part of a change without restart that an active network sees at once. Its description is left
 * to the caller. */
MUST_USE bool network_update_live(
    const Call *call, virNetworkPtr network, Value prior, Value planned, Diags *diags);
MUST_USE bool network_update_start(const Call *call, virNetworkPtr network, Diags *diags);
/* Puts the interfaces of running guests back on a network that was stopped and started. A guest
 * that stays off it is a warning. */
void network_update_reconnect(const Call *call, virNetworkPtr network, Diags *diags);
/* Stops and starts a running network. */
MUST_USE bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags);
