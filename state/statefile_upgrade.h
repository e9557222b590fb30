/* statefile_upgrade: state files of versions 1 to 3 (Terraform before 0.12). */
#pragma once

#include "source.h"
#include "state.h"

/* `source` holds the whole text, of a version below 4 that is known. */
MUST_USE bool statefile_upgrade(
    const Source *source, uint64_t version, State **out, Arena *arena, Diags *diags);
