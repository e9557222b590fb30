/* environment_diff: lists the differences between two environments: values of variables, arguments
 * of backend and providers, and planned changes. Never shows values that are sensitive on either
 * side. Two unknown values count as equal. Omits attributes that only the provider decides. */
#pragma once

#include "project.h"

typedef struct EnvironmentSide {
    Cli cli; /* copy for this environment's workspace */
    Project project;
    PlanResult result;
} EnvironmentSide;

typedef struct EnvironmentDifference {
    const char *section; /* such as "variables" */
    Str name;            /* of the variable, the provider or the resource */
    Str path;            /* inside it: ".input.size"; empty: the whole */
    bool has[2];
    Value values[2]; /* with marks; null for a resource that one side lacks */
} EnvironmentDifference;

typedef VEC(EnvironmentDifference) EnvironmentDifferences;

void environment_side_release(EnvironmentSide *side);
SCOPED_TYPE(EnvironmentSide, environment_side_release);

/* Loads one environment and plans its changes, without a lock. */
MUST_USE bool environment_side_open(
    EnvironmentSide *side, const Cli *cli, const Arguments *arguments, Str name, Diags *diags);
MUST_USE bool environment_diff_collect(const EnvironmentSide *a,
                                       const EnvironmentSide *b,
                                       EnvironmentDifferences *out,
                                       Arena *arena,
                                       Diags *diags);
/* Shows both environments side by side. */
Str environment_diff_to_text(const EnvironmentDifferences *differences,
                             const Str names[2],
                             Arena *arena);
Str environment_diff_to_json(const EnvironmentDifferences *differences,
                             const Str names[2],
                             Arena *arena);
