/* backend_init: what `init` does about the backend: compares what is configured with what was
 * recorded, takes the states along, and records. */
#pragma once

#include "project.h"

/* The options that it reads: -backend-config, -reconfigure, -migrate-state, -force-copy, -lock,
 * -lock-timeout, -input. */
extern const OptionGroup backend_init_options;

/* *note: a sentence about what has changed; empty: nothing. */
MUST_USE bool backend_init(Project *project, Str *note);
