/* Plan: the ordered changes that turn prior state into the configuration; everything that prints a
 * plan reads this alone. Immutable once built. What it cannot know (prior state, configuration) are
 * sections that the engine supplies as text. */
#pragma once

#include "change.h"
#include "diag.h"
#include "map.h"

typedef enum PlanMode { PLAN_NORMAL, PLAN_DESTROY, PLAN_REFRESH_ONLY } PlanMode;

typedef struct PlanVariable {
    Str name;
    Value value;
} PlanVariable;

/* An output of a module within, which no state remembers. */
typedef struct PlanModuleOutput {
    const ModuleAddr *module;
    Str name;
} PlanModuleOutput;

typedef struct Plan {
    PlanMode mode;
    bool errored;
    bool complete; /* false with -target and -exclude */
    bool has_news; /* refresh-only: what the state keeps beside values, as dependencies, is outdated
                    */
    Str lineage;   /* of the prior state */
    uint64_t serial;
    Str journal; /* digest of what a run before left in the middle, already in the state; or empty
                  */
    int64_t created_ms;
    Str workspace;
    Str environment; /* of the configuration; empty: none */
    VEC(PlanVariable) variables;
    StrVec ephemeral_variables;  /* that were given, whose values are not kept; sorted */
    VEC(ResourceChange) changes; /* sorted by address, then deposed; no-ops included */
    VEC(Drift) drift;
    VEC(OutputChange) outputs;            /* sorted by name */
    VEC(PlanModuleOutput) module_outputs; /* those that have a value; not saved */
    StrVec targets;                       /* as given, for the apply of a saved plan */
    StrVec excludes;                      /* same */
    Str prior_state;         /* v4 JSON: the refreshed state that the changes start from */
    Str previous_state;      /* v4 JSON: as it was read */
    Str configuration;       /* the `configuration` section of plan JSON, or empty */
    Str checks;              /* v4 JSON: check_results, what conditions came to; or empty */
    Str relevant_attributes; /* same, of what in the prior state led to changes */
} Plan;

Plan *plan_new(PlanMode mode, Arena *arena);
void plan_sort(Plan *plan);
const ResourceChange *plan_find(const Plan *plan, ResourceAddr address, Str deposed);

/* Does it have another address than before? */
bool plan_has_moved(const ResourceChange *change);
/* Is it for people to see? Data that leaves the state is not, nor what stays as it is. */
bool plan_is_shown(const ResourceChange *change);

typedef struct PlanCounts {
    uint32_t create, update, delete, read, forget, import;
} PlanCounts;

/* A replacement counts as one created and one deleted. */
PlanCounts plan_count(const Plan *plan);
/* The objects behind the instances, likewise; *objects: how many. */
PlanCounts plan_count_parts(const Plan *plan, uint32_t *objects);
const PartChange *plan_find_part(const ResourceChange *change, Str key);
/* Orders the parts of a change by key. */
void plan_sort_parts(ResourceChange *change);
/* Is there anything to apply? Any change but a no-op, or an output that changes; in refresh-only,
 * drift. An errored plan never. */
bool plan_is_applyable(const Plan *plan);
/* "1 to add, 0 to change, 2 to destroy", and "(12 objects: 3 to add, 8 to change, 1 to delete)"
 * where instances have parts. */
Str plan_summary(const Plan *plan, Arena *arena);
