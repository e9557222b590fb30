/* network_update: how a change of a network reaches the host.
 *
 *    live     reservations, ranges, names and port groups: virNetworkUpdate; guests stay connected
 *    restart  all else: the network is stopped and started. libvirt leaves the guests'
 *             interfaces without a bridge, so they are reconnected
 *
 * The plan prints the list of effects and the apply executes the same list. */
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

/* How the change of an argument reaches an active network. */
typedef struct NetworkEffect {
    const char *attribute;
    Str how;                /* live: the effect on the guests, and the call */
    VEC(NetworkStep) steps; /* live: made in this order */
} NetworkEffect;

typedef struct NetworkEffects {
    VEC(NetworkEffect) all; /* in the order of the plan and of the apply */
    bool restarts;          /* the only one restarts the network */
} NetworkEffects;

/* Compares objects of an active network; `planned` may contain unknowns. */
NetworkEffects network_update_compare(Value prior, Value planned, Arena *arena);
/* Makes the live steps. The caller updates the inactive XML. */
MUST_USE bool network_update_live(const Call *call, virNetworkPtr network,
                                  const NetworkEffects *effects, Diags *diags);
MUST_USE bool network_update_start(const Call *call, virNetworkPtr network, Diags *diags);
/* Stops and starts a running network. */
MUST_USE bool network_update_restart(const Call *call, virNetworkPtr network, Diags *diags);
