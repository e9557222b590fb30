/* environment_diff: what is different between two environments: values of variables, settings of
 * backend and providers, and what is planned for each. What is sensitive on either side is never
 * shown; what is known only after an apply differs from nothing on the other side that is not known
 * either, and what only the provider decides is left out. */
#pragma once

#include "project.h"

typedef struct EnvironmentSide {
    Cli cli; /* of its own, for its own workspace */
    Project project;
    PlanResult result;
} EnvironmentSide;

typedef struct EnvironmentDifference {
    const char *section; /* "variables" */
    Str name;            /* of the variable, the provider, the resource */
    Str path;            /* inside it: ".input.size"; empty: all of it */
    bool has[2];
    Value values[2]; /* marked; of a resource that one side lacks: null */
} EnvironmentDifference;

typedef VEC(EnvironmentDifference) EnvironmentDifferences;

void environment_side_release(EnvironmentSide *side);
SCOPED_TYPE(EnvironmentSide, environment_side_release);

/* Reads one environment, and plans what it would change, as far as the state knows. */
MUST_USE bool environment_side_open(
    EnvironmentSide *side, const Cli *cli, const Arguments *arguments, Str name, Diags *diags);
MUST_USE bool environment_diff_collect(const EnvironmentSide *a,
                                       const EnvironmentSide *b,
                                       EnvironmentDifferences *out,
                                       Arena *arena,
                                       Diags *diags);
/* Side by side. */
Str environment_diff_to_text(const EnvironmentDifferences *differences,
                             const Str names[2],
                             Arena *arena);
Str environment_diff_to_json(const EnvironmentDifferences *differences,
                             const Str names[2],
                             Arena *arena);
