/* wait_report: why an object is not ready, for an error: its conditions, its events, its pods, and
 * the last lines of the log of the container that fails.
 *
 * The parts are read from the server within five seconds, after the deadline of the call too. A
 * part that cannot be read is left out. Each is cut to a few lines, without control characters and
 * without the secrets that loam knows. */
#pragma once

#include "wait_object.h"

/* Returns a text of the server as one line for a message: short, without control characters and
 * known secrets. */
Str wait_report_line(const WaitObject *wait, Str text, Arena *arena);
/* Returns lines, each beginning with a newline; empty if there is nothing to report. */
Str wait_report_text(const WaitObject *wait, Value object, Arena *arena);
/* Returns two pods of a workload that are not ready, with their reasons, and the number of the
 * others: "web-1: ImagePullBackOff, web-2: Unschedulable, 3 more". Empty if all are ready, or none
 * can be read before the deadline. */
Str wait_report_pods(const WaitObject *wait, Value object, int64_t deadline_ms, Arena *arena);
