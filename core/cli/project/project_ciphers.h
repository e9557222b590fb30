/* project_ciphers: the ciphers of the project, and plan files, which may need them. */
#pragma once

#include "planfile.h"
#include "project.h"

/* Evaluates the encryption block, once. Called before the backend or a plan file is opened. */
MUST_USE bool project_open_ciphers(Project *project);
/* Reads a plan file. The encryption block of the directory's own configuration decrypts an
 * encrypted one; the project keeps the ciphers of that block. Before the call, the project needs
 * its `cli` and `arguments` alone. */
MUST_USE bool project_read_plan(
    Project *project, Str path, Plan **out, PlanFileSources *sources, Diags *diags);
