/* domain_update: how a change reaches a machine.
 *
 *    live     calls on the running guest; the inactive XML follows after success
 *    restart  needs a restart; update_policy decides whether it happens at once
 *    later    invisible to a running guest: only the inactive XML changes, for the next start
 *    along    another change restarts the machine, so this one needs no call
 *
 * The plan prints the list of changes and the apply executes the same list. */
#pragma once

#include "domain_live.h"
#include "domain_schema.h"

typedef enum DomainEffect { EFFECT_LIVE, EFFECT_RESTART, EFFECT_LATER, EFFECT_ALONG } DomainEffect;

typedef struct DomainChange {
    const Attribute *attribute;
    DomainEffect effect;
    LiveSteps steps; /* live: made in this order */
    Str how; /* live: the effect on the guest, and the calls; else why a live change is impossible
              */
} DomainChange;

typedef struct DomainChanges {
    VEC(DomainChange) all; /* in the order of the schema */
    bool needs_restart;    /* at least one change has EFFECT_RESTART */
    bool restarts;         /* needs_restart, and update_policy restarts the machine at once */
} DomainChanges;

/* Limits of the running machine; the inactive XML may already have higher ones. */
typedef struct DomainBounds {
    int64_t memory_max; /* MiB */
    int64_t vcpu_max;
} DomainBounds;

/* Returns the limits of the prior object, reduced to those of the running machine. */
DomainBounds domain_update_bounds(Value prior, virDomainPtr running);
/* Compares objects of a running machine; `planned` may contain unknowns. */
DomainChanges domain_update_compare(Value prior, Value planned, DomainBounds bounds, Arena *arena);
/* Makes the changes that are live. */
MUST_USE bool domain_update_live(const Call *call, const LiveMachine *machine,
                                 const DomainChanges *changes, Diags *diags);
