/* deferral: why a change waits for a later plan.
 *
 * The values up to DEFERRAL_ABSENT_PREREQUISITE are those of the plugin protocol, plus one. */
#pragma once

#include "str.h"

typedef enum Deferral {
    DEFERRAL_NONE,
    DEFERRAL_UNSPECIFIED,
    DEFERRAL_RESOURCE_CONFIG,     /* its configuration has unknown values */
    DEFERRAL_PROVIDER_CONFIG,     /* the configuration of its provider has unknown values */
    DEFERRAL_ABSENT_PREREQUISITE, /* an object that it needs does not exist yet */
    DEFERRAL_INSTANCE_KEYS,       /* count, for_each or enabled is unknown */
    DEFERRAL_PREREQUISITE,        /* an object that it depends on is deferred */
    DEFERRAL_DEPENDENT,           /* a deletion: an object that depends on it is deferred */
} Deferral;

/* Returns the name, as plan JSON spells it: "instance_count_unknown". Only loam has the name of
 * DEFERRAL_DEPENDENT. */
const char *deferral_name(Deferral deferral);
/* Returns the reason, for a sentence: "because its number of instances is unknown". */
const char *deferral_reason(Deferral deferral);
