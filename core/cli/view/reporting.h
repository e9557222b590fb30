/* reporting: the files that -report asks for. A command that makes or carries out a plan says so as
 * it goes; the files are written when it has ended, however it ended. */
#pragma once

#include "config.h"
#include "option.h"
#include "report.h"
#include "timeline_recorder.h"
#include "working_state.h"

typedef struct Reporting Reporting;

/* -report=KIND:FILE, -report-limit */
extern const OptionGroup reporting_options;

/* What the options ask for; cli->reporting, NULL when that is nothing. */
MUST_USE bool reporting_open(Cli *cli, const Arguments *arguments, Diags *diags);
/* Below, `reporting` may be NULL. */
void reporting_set_plan(Reporting *reporting, const Plan *plan, const Config *config);
/* A run begins. Returns the hooks to use instead of `listener`, which receives every event too. */
const Hooks *reporting_run_begin(Reporting *reporting, const Hooks *listener);
/* `working` has what became of the objects. */
void reporting_run_end(Reporting *reporting, WorkingState *working);
/* After reporting_run_end of a run that worked: the outputs as it left them. */
void reporting_set_outputs(Reporting *reporting, const State *state);
/* Writes the files: each whole or not at all. */
MUST_USE bool reporting_write(Reporting *reporting, Str title, Diags *diags);
