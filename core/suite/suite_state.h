/* suite_state: a state that nobody keeps: it is written nowhere. */
#pragma once

#include "backend.h"

Backend *suite_state_backend(Arena *arena);
