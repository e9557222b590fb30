/* statefile_upgrade: reads state files of versions 1 to 3, written by Terraform before 0.12:
 * modules by path, resources by name, attributes as a flat map. */
#pragma once

#include "source_text.h"
#include "state.h"

/* `source` holds the whole text. */
MUST_USE bool statefile_upgrade(const SourceText *source, State **out, Arena *arena, Diags *diags);
