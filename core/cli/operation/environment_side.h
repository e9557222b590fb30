/* EnvironmentSide: one environment, planned without a lock. */
#pragma once

#include "project.h"

typedef struct EnvironmentSide {
    Cli cli; /* copy for this environment's workspace */
    Project project;
    PlanResult result;
} EnvironmentSide;

void environment_side_release(EnvironmentSide *side);
SCOPED_TYPE(EnvironmentSide, environment_side_release);

/* Loads configuration, variables and state of the environment, and plans its changes. */
MUST_USE bool environment_side_open(EnvironmentSide *side, const Cli *cli,
                                    const Arguments *arguments, Str name, bool should_refresh,
                                    Diags *diags);
