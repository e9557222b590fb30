/* state_secrets: collects the sensitive values of a state, to mask them where their mark is
 * missing. */
#pragma once

#include "engine.h"

/* Returns the sensitive values of all current objects that are long enough to be recognised in
 * other values; for render_secret_mark. Lives in `arena`. */
const Map *state_secrets(const Engine *engine, const State *state, Arena *arena);
