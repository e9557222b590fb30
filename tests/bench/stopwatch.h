/* stopwatch: CPU time of one repetition of a task, the lowest of several. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Runs `task` for about `budget_ms` (at least three times) and prints the lowest time of one run in
 * nanoseconds. Returns false as soon as the task returns false. */
bool stopwatch_print(bool (*task)(void *payload), void *payload, int64_t budget_ms);
