/* network_update: how a change of a network reaches the host.
 *
 *   live     reservations, ranges and names: virNetworkUpdate, nobody notices
 *   restart  all else: defined anew, stopped and started; then the guests' interfaces are plugged
 *            in again, as libvirt leaves them without a bridge */
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
/* The live part. `change->restart` is NULL. */
MUST_USE bool network_update_live(
    const Call *call, virNetworkPtr network, Value prior, Value planned, Diags *diags);
/* Stops and starts a running network, with its guests' interfaces. */
MUST_USE bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags);
