/* stored_plan: plans in the backend of the state, which the command line names "state:NAME". Only
 * encrypted plans are stored. */
#pragma once

#include "project.h"

/* Returns whether the argument names a stored plan. The names of other programs have only files. */
bool stored_plan_is_named(const Cli *cli, Str path);
/* Opens the backend of the loaded project. Returns false, with an error, if the backend cannot
 * store plans, or if the configuration does not encrypt them. Call before planning. */
MUST_USE bool stored_plan_prepare(Project *project, Str path);
/* Stores a packed plan. */
MUST_USE bool stored_plan_write(Project *project, const Plan *plan, Str path, Str bytes);
/* Reads the bytes, after it opens the backend of the loaded project. */
MUST_USE bool stored_plan_read(Project *project, Str path, Str *out);
/* Keeps the stored plan that the project has applied as "state:last"; a failure is a warning. */
void stored_plan_keep(Project *project, const Plan *plan);
/* Returns the stored plans of the open backend. Adds an error if it cannot store plans. */
MUST_USE bool stored_plan_find_store(Project *project, const NamedObjects **out);
