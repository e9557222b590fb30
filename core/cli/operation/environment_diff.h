/* environment_diff: lists the differences between two environments: values of variables, arguments
 * of backend and providers, and planned changes. Values keep their marks, and repetitions of a
 * secret of either plan are marked: the caller hides both values of a difference if one is secret.
 * Two unknown values count as equal. Omits attributes that only the provider decides. */
#pragma once

#include "project.h"

typedef struct EnvironmentDifference {
    const char *section; /* such as "variables" */
    Str name;            /* of the variable, the provider or the resource */
    Str path;            /* inside it: ".input.size"; empty: the whole */
    bool has[2];
    Value values[2]; /* with marks; null for a resource that one side lacks */
} EnvironmentDifference;

typedef VEC(EnvironmentDifference) EnvironmentDifferences;

/* Loads both environments, plans their changes without a lock, and compares them. */
MUST_USE bool environment_diff(const Cli *cli, const Arguments *arguments, const Str names[2],
                               EnvironmentDifferences *out, Diags *diags);
