/* operator_manifests: the YAML documents with which a cluster gets the operator. */
#pragma once

#include "str.h"

typedef struct OperatorManifests {
    Str namespace;      /* of the operator: a DNS label */
    Str shard;          /* a DNS label; empty: the Stacks without a shard */
    Str image;          /* letters, digits and ".-_/:@" */
    Str runner_images;  /* patterns, separated by commas; empty: none */
    Str takeover_after; /* a duration; empty: the operator's own default */
    uint32_t replicas;  /* of the Deployment */
    bool has_monitoring;
    bool has_flux;
    bool has_argocd;
    bool has_separate_duties; /* who requests a Run may not approve it */
} OperatorManifests;

/* Returns the documents in the order in which they can be applied, with a "---" before each. */
Str operator_manifests_text(const OperatorManifests *options, Arena *arena);
