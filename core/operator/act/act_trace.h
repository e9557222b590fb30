/* act_trace: the spans of a finished Run that the operator knows, as a body for a collector. */
#pragma once

#include "decision.h"
#include "io.h"

/* Empty: the step does not finish a Run. */
Str act_trace_of(const DecisionStep *step, Arena *arena);
/* The variables of this process that name the collector, for ActJobOptions. Headers may be secret,
 * so they are left out. */
Str act_trace_environment(const Io *io, Arena *arena);
