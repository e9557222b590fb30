/* network_update: how a change of a network reaches the host.
 *
 *    live     reservations, ranges, names and port groups: virNetworkUpdate; guests stay connected
 *    restart  all else: the network is stopped and started. libvirt leaves the guests'
 *             interfaces without a bridge, so they are reconnected */
#pragma once

#include "libvirt_handle.h"
#include "provider.h"

/* One call of virNetworkUpdate. */
typedef struct NetworkStep {
    const struct NetworkSection *section;
    int parent;       /* index of the <ip>; -1: none */
    unsigned command; /* VIR_NETWORK_UPDATE_COMMAND_… */
    Value item;
} NetworkStep;

/* What a change calls on an active network. */
typedef struct NetworkChange {
    const char *restart;    /* an attribute that needs a restart; NULL: none */
    VEC(NetworkStep) steps; /* without a restart: made in this order */
} NetworkChange;

/* Compares objects of an active network; `planned` may contain unknowns. */
NetworkChange network_update_compare(Value prior, Value planned, Arena *arena);
/* Returns whether a step changes entries of this argument. */
bool network_update_has_step(const NetworkChange *change, const char *attribute);
/* Makes the steps. The caller updates the inactive XML. */
MUST_USE bool network_update_live(const Call *call, virNetworkPtr network,
                                  const NetworkChange *change, Diags *diags);
MUST_USE bool network_update_start(const Call *call, virNetworkPtr network, Diags *diags);
/* Stops and starts a running network. */
MUST_USE bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags);
