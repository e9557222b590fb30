/* RunResult: the termination message of a runner's pod. The pod runs code of the Stack's owner, so
 * the text is hostile: its size, the form of its digests and the characters of its texts are
 * limited. */
#pragma once

#include "run.h"

#define RUN_RESULT_MAX  4096 /* the limit of the kubelet */
#define RUN_KEY_MISSING 72   /* exit status of a container without the key of the plans */

typedef struct RunError {
    Str summary;
    Str address;
    Str place;
} RunError;

typedef struct RunResult {
    uint32_t version;
    struct RunResultPlan {
        Str digest;
        Str code;
        bool is_applicable; /* it changes an object or an output */
    } plan;
    ChangeCounts changes;
    StateVersion state;
    Str outputs; /* the digest of all outputs */
    StrVec output_names;
    StrVec kinds; /* of Kubernetes objects in the state: "apps/v1/Deployment" */
    RunDrift drift;
    VEC(RunError) errors;
    Str summary; /* Markdown */
} RunResult;

extern const Record run_result_record;

/* Returns false if the text is no result that this version understands. */
MUST_USE bool run_result_read(Str text, RunResult *out, Arena *arena);
