/* statefile: State ↔ the v4 JSON file that OpenTofu and Terraform share. Both directions stream.
 * Attributes are not decoded; unknown members are kept only in objects. */
#pragma once

#include "source_text.h"
#include "state.h"

/* An empty text is an empty state. Older versions are upgraded in memory; newer versions and
 * invalid text are errors. The state holds views of `bytes`, which must live as long. */
MUST_USE bool statefile_decode(Str path, Str bytes, State **out, Arena *arena, Diags *diags);
/* Two-space indentation, final newline, keys in the order of Terraform. */
Str statefile_encode(const State *state, Arena *arena);
/* Returns whether the contents are equal, ignoring the serial, the version of the writer and
 * pending calls. */
bool statefile_same_content(const State *a, const State *b);
