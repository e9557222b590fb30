/* instance_record: one resource instance in a walk, and the results of its task.
 *
 * Its task writes it; the walk's "done" edge publishes it to the nodes that depend on it. */
#pragma once

#include "checks.h"
#include "expansion.h"
#include "listing.h"
#include "plan.h"
#include "state.h"

typedef struct PlannedChange PlannedChange;
typedef struct EngineWalk EngineWalk;
typedef struct ModuleInstance ModuleInstance;
typedef struct Node Node;

/* Why an instance has no complete result. */
typedef enum InstanceFailure {
    FAILURE_NONE,
    FAILURE_ERROR,     /* its errors are reported */
    FAILURE_PROTECTED, /* plan of a destroy: prevent_destroy rejects its deletion; reported when the
                          records are gathered */
} InstanceFailure;

/* What a plan does to the object in the refreshed state. */
typedef enum RefreshResult {
    REFRESH_UNCHANGED, /* the stored object stays */
    REFRESH_CHANGED,   /* `refreshed` replaces it */
    REFRESH_RECOVERED, /* `refreshed` replaces it, and its interrupted call is resolved */
} RefreshResult;

typedef struct InstanceRecord {
    EngineWalk *walk;
    Node *node;
    ModuleInstance *module; /* NULL: an orphan, a gone module instance, or an apply's deletion */
    ResourceAddr address;
    RepetitionKind repetition;
    /* While validating, and for placeholders of a plan: the block is evaluated once, for all
     * keys. */
    bool keys_unknown;
    Value each_value;
    Value value; /* marked value that references see; unknown until the task has set it */
    /* Ephemeral: the marked value since the last renewal, set by another thread; NULL: `value`. */
    _Atomic(const Value *) renewed;
    InstanceFailure failure;
    const StateResource *stored_resource;
    const StateInstance *stored;
    Str deposed;                   /* deposed key, if the record is for a deposed object */
    PlannedChange *planned_change; /* apply: its planned change; NULL: none */
    Node *mirror;                  /* apply: the mirror node of a deletion */
    ResourceChange *planned;       /* plan: the planned change; NULL: none */
    Deferral deferral;             /* plan: why `planned` waits for a later plan */
    bool may_stay; /* plan: stored, and perhaps an instance of a block with unknown keys: only read
                    */
    Drift *drift;
    RefreshResult refresh;
    const StateObject *refreshed; /* plan: the current object; NULL: none */
    ActionReason removal;         /* plan: why it is deleted; REASON_NONE: declared or deposed */
    Str provider_key;             /* key of its provider configuration; empty: not repeated */
    ImportSource import;          /* plan: of the object to import; the zero value: none */
    const Listing *listing;       /* plan: of a list; NULL: none, or it failed */
    const GitopsResponse *gitops; /* evaluate: the response of the provider; NULL: none */
    CheckResults *results; /* preconditions, then postconditions; for a data source of a check: one,
                              for its read. NULL: none */
} InstanceRecord;

typedef struct ResourceExpansion {
    Expansion expansion;
    InstanceRecord *records;      /* one per key of the expansion */
    bool is_changing;             /* plan: an instance of the block changes or is removed */
    VEC(InstanceRecord *) beyond; /* refresh only: stored objects not in `expansion`, by key */
} ResourceExpansion;
