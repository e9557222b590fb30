/* generate: -generate-config-out: what import blocks bring, and no resource block describes yet, is
 * looked at and described in a new file; the plan then counts that file in. */
#pragma once

#include "operation.h"

/* Whether the option can be followed; before anything is read. */
MUST_USE bool generate_check(const Project *project);
/* With the state open: imports, writes the file, loads the configuration anew with it. */
MUST_USE bool generate_missing(Operation *operation);
/* Notes in the plan which blocks are new. */
void generate_note(const Operation *operation);
/* What has been written, for people. */
void generate_tell(const Operation *operation);
