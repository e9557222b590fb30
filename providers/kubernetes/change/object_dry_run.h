/* object_dry_run: asks the server what an apply would do, and decides about conflicts.
 *
 * A field that another manager owns is taken if force_conflicts is true, or if our configuration
 * had the field already and the other manager changed it by an Update, not by an apply or the scale
 * request of an autoscaler: that is a change by hand, which the plan corrects. Other conflicts are
 * errors. */
#pragma once

#include "object_target.h"

typedef enum DryRunOutcome {
    DRY_RUN_DONE,
    DRY_RUN_IMMUTABLE,  /* the object must be replaced */
    DRY_RUN_IMPOSSIBLE, /* only the apply can tell */
    DRY_RUN_FAILED,     /* an error was added */
} DryRunOutcome;

typedef struct DryRun {
    Value result;      /* of DRY_RUN_DONE: the object as it would be */
    bool should_force; /* the apply must take fields of other managers */
    Str why;   /* of DRY_RUN_IMMUTABLE and DRY_RUN_IMPOSSIBLE: a sentence without full stop */
    Str field; /* of DRY_RUN_IMMUTABLE: ".spec.selector"; may be empty */
    KubeResponse response;
} DryRun;

/* `live` null: there is no object. Adds notes about fields that are taken. */
DryRunOutcome object_dry_run(const ObjectTarget *target, Value body, Value live, DryRun *out,
                             PlanNotes *notes, Diags *diags);
