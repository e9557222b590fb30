/* KubeDiscovery: which kinds a server serves. Read at the first lookup, in two requests from a
 * server with aggregated discovery, else group by group. Any thread may use it; lookups wait for a
 * reading that is in progress, and share its result if it succeeds.
 *
 * An API group whose own server is down is stale: it does not affect the kinds of other groups. */
#pragma once

#include "kube_call.h"

typedef struct KubeDiscovery KubeDiscovery;

KubeDiscovery *kube_discovery_open(void);
void kube_discovery_close(KubeDiscovery *discovery); /* NULL: does nothing */

/* Finds the resource of a kind; *out lives in call->arena. KUBE_ABSENT:
 * the server does not serve it; response->problem names the nearest kind. KUBE_FAILED: discovery
 * failed, or the kind is missing in a stale group version. For a missing kind, all kinds are read
 * again if the last reading is ten seconds old, because others create definitions too. */
KubeOutcome kube_discovery_find(KubeDiscovery *discovery, const KubeCall *call, KubeKind kind,
                                KubeResource *out, KubeResponse *response, Diags *diags);
/* Makes the next lookup read anew. Call after a definition was established or deleted, or an
 * APIService changed. */
void kube_discovery_drop(KubeDiscovery *discovery);

typedef KubeDiscovery *KubeDiscoveryRef;
static inline void kube_discovery_ref_release(KubeDiscoveryRef *discovery) {
    kube_discovery_close(*discovery);
}
SCOPED_TYPE(KubeDiscoveryRef, kube_discovery_ref_release);
