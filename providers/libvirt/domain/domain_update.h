/* domain_update: how a change of a machine reaches it.
 *
 *   live      a call on the running guest; the description follows once the guest agreed
 *   restart   only a new start brings it; update_policy decides whether that comes at once
 *   later     nothing that a running guest would miss: it is in the description for the next start
 *
 * The plan shows the same as notes that the update then does. */
#pragma once

#include "domain_schema.h"
#include "provider.h"

#include "libvirt_handle.h"
#include "xml.h"

typedef enum DomainEffect { EFFECT_LIVE, EFFECT_RESTART, EFFECT_LATER } DomainEffect;

typedef struct DomainChange {
    const char *attribute;
    DomainEffect effect;
    Str how; /* live: what the guest sees of it, and the call; else why not */
} DomainChange;

typedef VEC(DomainChange) DomainChanges;

/* What a running machine can grow to; its description may promise more by now. */
typedef struct DomainBounds {
    int64_t memory_max; /* MiB */
    int64_t vcpu_max;
} DomainBounds;

/* As the prior object says, and no more than libvirt does of a machine that runs. */
DomainBounds domain_update_bounds(Value prior, virDomainPtr running);
/* Changes of a running machine; `planned` may hold unknowns. */
DomainChanges domain_update_compare(Value prior, Value planned, DomainBounds bounds, Arena *arena);
bool domain_update_needs_restart(const DomainChanges *changes);
/* Does the live ones. `described` is the machine's description as it will be: devices are plugged
 * in as they stand there. */
MUST_USE bool domain_update_live(const Call *call,
                                 virDomainPtr domain,
                                 Value prior,
                                 Value planned,
                                 xmlNodePtr described,
                                 Diags *diags);
