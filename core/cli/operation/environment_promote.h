/* environment_promote: copies values of variables from one environment to another, by changing
 * literals in files.
 *
 * The literals are those of the target's `environments` block, or of its variables file. All other
 * bytes of the files stay as they are. */
#pragma once

#include "project.h"

typedef struct EnvironmentPromotion {
    Str source;
    Str target;
    StrVec only; /* names of variables; empty: all that differ */
    Str branch;  /* of git, for the commit; empty: no commit */
    /* Results. */
    StrVec changes; /* a line per changed variable; secrets are hidden */
    StrVec left;    /* variables of the source for which the target has no literal */
    StrVec files;   /* changed files */
    Str commit;     /* that was applied in the source; empty: unknown */
} EnvironmentPromotion;

/* Fails, with an error and without any change, if the source is not completely applied: its last
 * run failed or was partial, its values differ from those of that run, or its plan is not empty.
 * Fails too if a value of the target is no literal. */
MUST_USE bool environment_promote(const Cli *cli, const Arguments *arguments,
                                  EnvironmentPromotion *promotion, Diags *diags);
