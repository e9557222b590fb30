/* generate: -generate-config-out: what import blocks bring, and no resource block describes yet, is
 * looked at and described in a new file; the plan then counts that file in. */
#pragma once

#include "project.h"

/* Whether the option can be followed; before anything is read. */
MUST_USE bool generate_check(const Project *project);
/* With the state open: imports, writes the file, loads the configuration anew with it. *blocks: the
 * generated blocks by address, Str *. */
MUST_USE bool generate_missing(Project *project, Map *blocks);
/* Adds the generated blocks to the changes of the plan. */
void generate_note(Plan *plan, const Map *blocks, Arena *arena);
/* Reports, to people, the file that was written. */
void generate_tell(const Project *project, const Map *blocks);
