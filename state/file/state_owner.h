/* StateOwner: the Stack, an object of a Kubernetes API server, whose runs alone may change a state.
 */
#pragma once

#include "record.h"

typedef struct StateOwner {
    Str cluster;
    Str namespace;
    Str name; /* empty: no owner */
    Str uid;
} StateOwner;

/* Members cluster, namespace, name and uid, all texts. */
extern const Record state_owner_record;

/* Returns "prod/network"; empty for no owner. */
Str state_owner_name(const StateOwner *owner, Arena *arena);
bool state_owner_equal(const StateOwner *a, const StateOwner *b);
