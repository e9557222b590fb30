/* suite_context: one running test file: its states, and the outputs of its finished runs. */
#pragma once

#include "suite.h"

/* A state with the engine and the variables of its last run, which also destroy it. */
typedef struct SuiteState {
    Str key;
    State *state;
    SuiteRun *last; /* the last run that changed the state; NULL: none */
    const Engine *engine;
    const Map *variables;
} SuiteState;

typedef struct SuiteContext {
    const SuiteRequest *request;
    SuiteFile *file;
    Map states;  /* key → SuiteState */
    Map outputs; /* name of a finished run → Value of its outputs */
    struct SuiteValues *values;
    Arena *arena;
} SuiteContext;

/* Executes the runs of a file, then destroys their objects. */
void suite_file_run(const SuiteRequest *request, SuiteFile *file, Arena *arena);
SuiteState *suite_file_state(SuiteContext *context, const TestRun *run);
/* Adds a warning for each override whose target does not exist in the configuration. */
void suite_override_check(const Config *config, const TestOverrides *overrides, Diags *diags);
void suite_override_check_file(const Config *config, const TestFile *file, Diags *diags);
/* Executes one run, from validation to assertions. */
void suite_run_carry_out(SuiteContext *context, SuiteRun *run);
/* Destroys the objects of the runs, the latest first. */
void suite_cleanup(SuiteContext *context);
