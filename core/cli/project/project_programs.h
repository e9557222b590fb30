/* project_programs: the programs that loam starts because the configuration names them. */
#pragma once

#include "project.h"
#include "view.h"

/* Lists each argument with STARTS_PROGRAM that a block of a module sets, the programs of providers,
 * and git for modules, in the order of modules and names. An argument counts if it is written:
 * whether its value starts a program is only known when it is evaluated. Blocks
 * with errors count as far as they can be read. */
void project_programs_list(Project *project, ProgramStarts *out);
