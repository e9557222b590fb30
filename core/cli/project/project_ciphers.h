/* project_ciphers: opens the ciphers of a project, and reads plan files, which may be encrypted. */
#pragma once

#include "planfile.h"
#include "project.h"

/* Evaluates the encryption block, once. Called before the backend or a plan file is opened. */
MUST_USE bool project_open_ciphers(Project *project);
/* Reads a plan file. If it is encrypted, the encryption block of the current directory's
 * configuration decrypts it, and the project keeps the ciphers of that block. Before the call, the
 * project needs only `cli` and `arguments`. */
MUST_USE bool project_read_plan(Project *project, Str path, Plan **out, PlanFileSources *sources,
                                Diags *diags);
