/* act_job: the Job of one phase of a Run. */
#pragma once

#include "run.h"

typedef struct ActJobOptions {
    const Run *run;
    bool is_apply;
    Str log_level; /* LOAM_LOG of the pods; empty: not set */
    Str tracing;   /* variables of the pods that name the collector, each as JSON with a comma */
} ActJobOptions;

/* Returns the object, JSON. */
Str act_job_json(const ActJobOptions *options, Arena *arena);
