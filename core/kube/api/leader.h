/* leader: which of several controllers works, by a Lease of the API server.
 *
 * A leader renews its Lease every two seconds; one that could not for ten seconds is no leader any
 * more. Another takes over when the Lease has not changed for fifteen seconds on its own clock:
 * clocks of two machines are never compared. */
#pragma once

#include "kube_call.h"

typedef struct Leader {
    KubeClient *client;
    const CancelToken *cancel;
    Str namespace;
    Str name;     /* of the Lease */
    Str identity; /* of this controller */
    Str manager;  /* of fields of the Lease */
    /* The version that was seen last, and since when. */
    StrBuf seen;
    int64_t seen_ms;
    int64_t renewed_ms; /* monotonic; 0: not the leader */
    uint32_t changes;   /* leaseTransitions */
} Leader;

#define LEADER_RETRY_MS 2000

/* Tries once to become the leader, or to stay it. Returns whether it is. */
MUST_USE bool leader_try(Leader *leader);
/* Waits until it is the leader; at once without a namespace, which stands for no Lease. Returns
 * false if the token was raised first. */
MUST_USE bool leader_wait(Leader *leader);
/* Renews the Lease until the token is raised. Returns false if it was lost before: another may be
 * the leader already. */
MUST_USE bool leader_keep(Leader *leader);
/* Lets others take over at once; nothing without a namespace. */
void leader_release(Leader *leader);
