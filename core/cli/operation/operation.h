/* operation: planning and applying as plan, apply and destroy share them. */
#pragma once

#include "planfile.h"
#include "project.h"

typedef struct Operation {
    Project *project;
    PlanOptions options;
    PlanResult result;
    bool will_apply;    /* what is planned */
    bool asks;          /* somebody, first */
    Map generated;      /* address → Str *: blocks that -generate-config-out has made */
    bool shows_errored; /* the plan is what is wanted, be it with errors and empty */
} Operation;

/* Configuration, variables, state (locked as `lock_as`), plan; shows progress and the plan. False:
 * an error was added; result.plan is set even then if planning got that far. */
MUST_USE bool operation_plan(Operation *operation,
                             Cli *cli,
                             const Arguments *arguments,
                             LockOperation lock_as,
                             PlanMode mode,
                             Diags *diags);
/* Carries the plan out; says what was done and shows the outputs. */
MUST_USE bool operation_apply(Operation *operation);
/* Every file of the configuration, for the plan file. */
void operation_collect_sources(const Module *module, PlanFileSources *out, Arena *arena);
