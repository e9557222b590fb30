/* runner_trace: the spans of a pod of a Run, sent to the collector of the environment, if any. A
 * trace that is lost is no failure. */
#pragma once

#include "runner.h"

/* Where "run" lets its command write the spans of the operations. */
#define RUNNER_TRACE_FILE POD_WORK "/spans.json"

/* Gives the commands the trace of the Run. */
void runner_trace_open(Runner *runner);
/* Sends the spans of the file, or without one a span with this name for the whole container. */
void runner_trace_send(const Runner *runner, const char *name, int status);
