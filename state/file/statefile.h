/* statefile: State ↔ the v4 JSON file that OpenTofu and Terraform share. Streaming both ways; what
 * was not touched is written as it was read. */
#pragma once

#include "source.h"
#include "state.h"

/* An empty text is an empty state. Older versions are upgraded in memory, newer refused; broken
 * text is an error with its place. Views into `bytes`, which must live as long as the state. */
MUST_USE bool statefile_decode(Str path, Str bytes, State **out, Arena *arena, Diags *diags);
/* Two-space indentation, final newline, keys in the known order. */
Str statefile_encode(const State *state, Arena *arena);
/* Same content, serial aside? */
bool statefile_same_content(const State *a, const State *b);
