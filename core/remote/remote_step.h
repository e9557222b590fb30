/* remote_step: a long script on a machine that runs once, detached from the connection.
 *
 * The step runs as a transient unit of systemd. Without systemd, or if the user is not root, it
 * runs in a new session (setsid). It continues when the connection breaks and when loam is killed.
 * Any later run finds its result by its id.
 *
 * A directory on the machine, the marker, represents the step: /var/lib/loam/exec/ID for root, else
 * $XDG_STATE_HOME/loam/exec/ID (default ~/.local/state). LOAM_STATE_DIR in the machine's
 * environment replaces the part before exec/ID. Only the user can read its files:
 *
 *   started     a directory; the process that creates it runs the step, so it runs only once
 *   script, env, in   the text, the environment and the standard input; removed after the end
 *   run         the script that runs the step
 *   pid, boot, began  process id, boot id and start time, which identify the process
 *   out, err    the output
 *   status      the exit status, after the end
 *
 * So a repeated start request has no effect. The marker remains until remote_step_remove. The
 * machine needs a POSIX shell and the commands of busybox; /proc is used if it exists.
 *
 * Functions return false, with one error, if the machine is unreachable or a script of this file
 * fails there. A step that fails is no error here; see remote_step_check. */
#pragma once

#include "ssh_client.h"

typedef struct RemoteStep {
    Str id;            /* letters, digits, "-" and "."; unique on the machine */
    Str script;        /* for sh, or for another interpreter with a "#!" line */
    Str environment;   /* of remote_step_environment; empty: none */
    Str input;         /* for standard input; empty: none */
    const char *title; /* "the script", for progress and errors */
} RemoteStep;

typedef enum RemoteStepState {
    REMOTE_STEP_ABSENT,   /* never started, or removed */
    REMOTE_STEP_LOST,     /* started, ended without a status: it was killed */
    REMOTE_STEP_REBOOTED, /* started, ended without a status: the machine rebooted */
    REMOTE_STEP_RUNNING,  /* no end before the deadline of the call */
    REMOTE_STEP_EXITED,
} RemoteStepState;

typedef struct RemoteStepResult {
    RemoteStepState state;
    int exit_status;
    Str out; /* the last 256 KiB of each stream, without control characters */
    Str err;
} RemoteStepResult;

typedef enum RemoteStepTrace {
    REMOTE_STEP_NONE,    /* this user never had a marker here: another or a new machine */
    REMOTE_STEP_REMOVED, /* this user has or had other markers here, but not this one */
    REMOTE_STEP_PRESENT,
} RemoteStepTrace;

/* Starts the step unless it was started before, and waits for its end, all in one round trip. If
 * the connection breaks, connects again and continues to wait. After a failure, link->may_have_run
 * is true if the step may have been started. */
MUST_USE bool remote_step_run(SshLink *link, const RemoteStep *step, RemoteStepResult *out,
                              Diags *diags);
/* Waits for the end of a step that an interrupted run may have started; uses only its id and title.
 * After REMOTE_STEP_ABSENT the step cannot start any more, even if a start request of that run
 * arrives later. */
MUST_USE bool remote_step_recover(SshLink *link, const RemoteStep *step, RemoteStepResult *out,
                                  Diags *diags);
/* Checks whether the marker exists. Starts nothing and does not wait for the step. A plan reads the
 * list of markers once for all steps of a user on the machine. */
MUST_USE bool remote_step_inspect(SshLink *link, Str id, RemoteStepTrace *out, Diags *diags);
/* A script that prints the list of markers, for a plan that reads other facts in the same round
 * trip; and after ssh_client_recall the function that keeps its output for remote_step_inspect. */
const char *remote_step_list_script(void);
void remote_step_keep_list(const SshLink *link, Str output);
/* Kills the step if it still runs, and removes the marker. */
MUST_USE bool remote_step_remove(SshLink *link, Str id, Diags *diags);
/* Like remote_step_remove, but returns after at most 15 s and adds no error: a leftover marker is
 * harmless. */
void remote_step_try_remove(SshLink *link, Str id);
/* Returns true if the step exited with status 0; else adds an error with the state, the status or
 * signal, and the end of the output. */
MUST_USE bool remote_step_check(const SshLink *link, const RemoteStep *step,
                                const RemoteStepResult *result, const char *summary, Diags *diags);
/* Returns shell text that exports the variables of a map of strings; skips null values. */
Str remote_step_environment(Value map, Arena *arena);
