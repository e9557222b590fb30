/* runner_message: the termination message of a container, and its errors. */
#pragma once

#include "run_result.h"
#include "runner.h"

/* Exit statuses, of the classes of -exit-class. */
enum { RUNNER_FAILED = 1, RUNNER_MISMATCH = 65, RUNNER_UNREACHABLE = 75 };

/* Writes the result, shortened to what a message may have. */
void runner_message_write(const Runner *runner, RunResult *result);
/* Writes an error of the runner itself, also to standard error; returns `status`. */
int runner_message_fail(const Runner *runner, int status, Str summary, Str detail);
/* Writes the errors of a failed command, from the events that it wrote with -json-into. */
int runner_message_events(const Runner *runner, int status, Str events);
