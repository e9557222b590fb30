/* plan_options: reads the command-line options that control planning. */
#pragma once

#include "project.h"

/* Reads -destroy, -refresh-only, -refresh, -target, -exclude and -replace. */
MUST_USE bool plan_options_read(Project *project, PlanOptions *out);
