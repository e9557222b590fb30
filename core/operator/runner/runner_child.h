/* RunnerChild: a command of this program that the runner starts. */
#pragma once

#include "json.h"
#include "runner.h"

typedef struct RunnerChild {
    const char *const *words; /* "plan", "-input=false", …, NULL */
    bool is_collected;        /* `out` gets its standard output; else it is passed on */
    int status;
    Str out;
} RunnerChild;

/* Runs the command in the directory of the root module. SIGTERM of the runner reaches the command,
 * which then ends as it does for a user; nothing kills it sooner than the pod. Returns whether its
 * status is 0. */
bool runner_child(Runner *runner, RunnerChild *child);
/* Runs a command that prints one JSON object. Returns false if it fails, or prints something else.
 */
MUST_USE bool runner_child_json(Runner *runner, const char *const *words, Value *out);
