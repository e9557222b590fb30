/* Job: a phase of a Run, as the Job controller reports it. */
#pragma once

#include "object_meta.h"

typedef struct Job {
    ObjectMeta meta;
    struct JobStatus {
        StatusConditions conditions;
        int64_t started_ms;
        uint32_t active;
    } status;
} Job;

extern const Record job_record;

/* Returns the condition of a complete Job, or NULL. */
const StatusCondition *job_completion(const Job *job);
/* Returns the condition of a failed Job, or NULL. */
const StatusCondition *job_failure(const Job *job);
