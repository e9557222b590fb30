/* Plan: the ordered changes that turn the prior state into the configuration. All code that prints
 * a plan reads this alone. Immutable once built. The engine supplies prior state and configuration
 * as JSON text. */
#pragma once

#include "change.h"
#include "diag.h"
#include "map.h"

typedef enum PlanMode { PLAN_NORMAL, PLAN_DESTROY, PLAN_REFRESH_ONLY } PlanMode;

typedef struct PlanVariable {
    Str name;
    Value value;
} PlanVariable;

/* An output of a child module, which is not stored in the state. */
typedef struct PlanModuleOutput {
    const ModuleAddr *module;
    Str name;
} PlanModuleOutput;

/* A file that the plan depends on beside those of the configuration: a lock file, a variables file
 * that is found by name, or a file that an expression reads. */
typedef struct PlanFile {
    Str path;
    Str content; /* "sha256:…", or only "exists" or "missing" if the content was not read */
} PlanFile;

typedef struct Plan {
    PlanMode mode;
    bool errored;
    bool complete;        /* false with -target, -exclude or deferrals */
    bool has_news;        /* refresh-only: stored facts such as dependencies have changed */
    bool only_reports;    /* of loam drift: no apply follows; not saved */
    bool is_full_refresh; /* made with -refresh=full; calls of the apply see it too */
    bool is_continued;    /* the rest of a plan whose apply was interrupted; not saved */
    Str lineage;          /* of the prior state */
    uint64_t serial;
    Str journal; /* digest of the journal of an interrupted run, already merged into the state; or
                    empty */
    Str digest;  /* "sha256:…" of its plan file as stored, not part of it; empty: not saved */
    int64_t created_ms;
    Str workspace;
    Str environment; /* of the configuration; empty: none */
    Str commit;      /* of the configuration, if it has environments; empty: unknown */
    Str backend;     /* type and location of the state: "s3 s3://bucket/key"; empty: unknown */
    Str code;        /* "sha256:…" of the paths and contents of the configuration's files and of
                        `files`; empty: not saved, or an earlier release saved it */
    VEC(PlanFile) files; /* sorted by path */
    VEC(PlanVariable) variables;
    StrVec unknown_variables;      /* names of -unknown; if any, the plan can only be shown */
    StrVec ephemeral_variables;    /* names of those that were set; sorted, without their values */
    VEC(ResourceChange) changes;   /* sorted by address, then deposed; no-ops included */
    ActionInvocations invocations; /* requested by -invoke; sorted by address */
    VEC(DeferredChange) deferred;  /* sorted like `changes` */
    StrVec deferred_blocks;        /* addresses of module calls and ephemeral resources; sorted */
    VEC(Drift) drift;
    VEC(OutputChange) outputs;            /* sorted by name */
    VEC(PlanModuleOutput) module_outputs; /* those that have a value; not saved */
    StrVec targets;                       /* as given, for the apply of a saved plan */
    StrVec excludes;                      /* same */
    Str prior_state;         /* v4 JSON: the refreshed state that the changes start from */
    Str previous_state;      /* v4 JSON: as it was read */
    Str configuration;       /* the `configuration` section of plan JSON, or empty */
    Str checks;              /* v4 JSON: check_results, the results of conditions; or empty */
    Str relevant_attributes; /* the section of plan JSON: attributes that changes result from */
} Plan;

Plan *plan_new(PlanMode mode, Arena *arena);
/* Orders changes, drift, outputs and variables. plan_find requires it. */
void plan_sort(Plan *plan);
/* Returns whether the plan leaves changes to a later plan. */
bool plan_has_deferrals(const Plan *plan);
const ResourceChange *plan_find(const Plan *plan, ResourceAddr address, Str deposed);

/* Returns whether the object has moved to another address. */
bool plan_has_moved(const ResourceChange *change);
/* Returns whether the text of a plan shows the change: not for a no-op without move or import, nor
 * for a data source that leaves the state. */
bool plan_is_shown(const ResourceChange *change);

typedef struct PlanCounts {
    uint32_t create, update, delete, read, forget, import;
    uint32_t invoke;        /* invocations of actions */
    uint32_t invoke_failed; /* of them, in an apply */
} PlanCounts;

/* Counts a replacement as two actions. Counts a data source only if it is read. */
PlanCounts plan_count(const Plan *plan);
const PartChange *plan_find_part(const ResourceChange *change, Str key);
/* Orders the parts of a change by key. */
void plan_sort_parts(ResourceChange *change);
/* Returns a SHA-256 of the variables' values, as hex text. Secret values do not count: a digest of
 * a short secret would reveal it. */
Str plan_variables_digest(const Plan *plan, Arena *arena);
/* Returns whether the apply may leave objects outside of the state: a change has effects. Only for
 * a plan that was not saved. */
bool plan_has_effects(const Plan *plan);
/* Adds a warning if the plan has unknown variables: it cannot be applied. */
void plan_warn_of_unknown(const Plan *plan, Diags *diags);
/* Returns whether there is something to apply: a change other than a no-op, a move, an import, a
 * changed output, an invocation or has_news; in refresh-only mode also drift. False for an errored
 * plan. */
bool plan_is_applyable(const Plan *plan);
/* "1 to add, 0 to change, 2 to destroy", "Actions: 1 to invoke" if there are any, and "(12 objects:
 * 3 to add, 8 to change, 1 to delete)" where instances have parts. */
Str plan_summary(const Plan *plan, Arena *arena);
