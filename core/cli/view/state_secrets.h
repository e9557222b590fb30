/* state_secrets: the secrets of a state, to be hidden where they stand without their mark. */
#pragma once

#include "engine.h"

/* All values that the current objects of the state mark as sensitive and that are long enough to be
 * recognised; for render_secret_has. Lives in `arena`. */
const Map *state_secrets(const Engine *engine, const State *state, Arena *arena);
