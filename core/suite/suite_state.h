/* suite_state: a backend that discards the state. */
#pragma once

#include "backend.h"

Backend *suite_state_backend(Arena *arena);
