/* config_version: the versions that a file demands of the program. */
#pragma once

#include "body.h"

/* Is the version that this file demands ours? That it is not is told to `unmet`; false: what the
 * file demands is no version. */
MUST_USE bool config_version_check(const Body *file, Arena *arena, Diags *diags, Diags *unmet);
