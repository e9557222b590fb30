/* RunnerChild: a command of this program that the runner starts. */
#pragma once

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
