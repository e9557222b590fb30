/* reporting: writes the files requested by -report and -metrics, and sends traces and metrics to
 * the collectors that the environment names (otlp_export.h). A command passes its plan, run and
 * result while it runs. The files are written when it ends, even after an error.
 *
 * Without such options and variables, cli->reporting is NULL and no function allocates. */
#pragma once

#include "cli.h"
#include "config.h"
#include "hooks.h"
#include "option.h"
#include "report.h"
#include "working_state.h"

typedef struct Reporting Reporting;

/* -report=KIND:FILE, -report-limit, -metrics=FILE */
extern const OptionGroup reporting_options;

/* Reads the options and sets cli->reporting, unless nothing is requested. */
MUST_USE bool reporting_open(Cli *cli, const Arguments *arguments, Diags *diags);
/* In the functions below, `reporting` may be NULL. */
void reporting_set_plan(Reporting *reporting, const Plan *plan, const Config *config);
/* Begins and ends a part of the command, for spans: "plan", "apply", "state read". By any thread;
 * parts of one name do not overlap. */
void reporting_part(Reporting *reporting, const char *name, bool has_ended, bool ok);
/* Records the calls of a plan, for spans. Returns the hooks to use instead of `listener`. */
const Hooks *reporting_plan_begin(Reporting *reporting, const Hooks *listener);
/* Starts recording a run. Returns the hooks to use instead of `listener`, which still receives
 * every event. */
const Hooks *reporting_run_begin(Reporting *reporting, const Hooks *listener);
/* Ends the recording. Replaces unknown values of the plan with the results in `working` (may be
 * NULL). */
void reporting_run_end(Reporting *reporting, WorkingState *working);
/* Call after reporting_run_end of a successful run. Replaces unknown outputs of the plan with those
 * of `state`. */
void reporting_set_outputs(Reporting *reporting, const State *state);
/* Ends the span of the command, which `status` may mark as failed, and writes the files. Each one
 * is written completely or not at all. */
MUST_USE bool reporting_write(Reporting *reporting, Str title, int status, Diags *diags);
/* Sends the remaining telemetry, in at most three seconds. Prints a warning if a collector has not
 * accepted it. */
void reporting_send(Reporting *reporting, Str title);
