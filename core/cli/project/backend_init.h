/* backend_init: the backend part of `init`: compares the configured backend with the recorded one,
 * migrates the states, and records the new backend. */
#pragma once

#include "project.h"

/* The options -backend-config, -reconfigure, -migrate-state, -force-copy, -lock and -lock-timeout.
 * backend_init reads -input, too. */
extern const OptionGroup backend_init_options;

/* Sets *note to a sentence about the change of backend; empty if nothing has changed. */
MUST_USE bool backend_init(Project *project, Str *note);
