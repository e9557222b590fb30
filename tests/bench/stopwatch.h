/* stopwatch: what one repetition of a task costs in CPU time, the least of several. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Runs `task` for about `budget_ms` (three times at least) and prints the least nanoseconds of one
 * run. False as soon as the task says false. */
bool stopwatch_print(bool (*task)(void *payload), void *payload, int64_t budget_ms);
