/* change_step: a change of a machine as a remote step. Its script waits until the changed component
 * runs, and else puts the former files back, so it ends whole without this program. Status 20: the
 * former component runs again; 21: it does not run, either. */
#pragma once

#include "remote_step.h"

typedef struct ChangeStep {
    RemoteStep remote;
    const char *failure; /* summary of the error if the script itself fails */
} ChangeStep;

typedef enum ChangeOutcome {
    CHANGE_STEP_DONE,
    CHANGE_STEP_ROLLED_BACK, /* the former files are back, and the component runs */
    CHANGE_STEP_NOT_RUNNING, /* the former files are back, and the component does not run */
    CHANGE_STEP_FAILED,      /* before the first change, or anything may be there */
} ChangeOutcome;

/* Waits for the end of a step that an interrupted run has started on the machine. Its result is
 * dropped: the next step continues with its files. */
MUST_USE bool change_step_settle(SshLink *link, const ChangeStep *step, Diags *diags);
/* Runs the step, which must be settled. Adds an error only if CHANGE_STEP_FAILED. A step that did
 * not end by itself keeps its marker: a plan finds it. */
ChangeOutcome change_step_run(SshLink *link, const ChangeStep *step, RemoteStepResult *out,
                              Diags *diags);
/* Returns the log that the script has printed to its standard error, as the end of an error. */
Str change_step_log(const SshLink *link, const RemoteStepResult *result);
