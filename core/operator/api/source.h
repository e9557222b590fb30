/* Source: an object of Flux's source-controller whose artifact is a configuration. */
#pragma once

#include "object_meta.h"

typedef struct Source {
    ObjectMeta meta;
    struct SourceStatus {
        int64_t observed_generation;
        StatusConditions conditions;
        struct SourceArtifact {
            Str url;
            Str digest;
            Str revision;
        } artifact;
    } status;
} Source;

extern const Record source_record;

/* Returns the end of a sentence about why its artifact cannot be used yet; empty if it can. */
Str source_problem(const Source *source, Arena *arena);
