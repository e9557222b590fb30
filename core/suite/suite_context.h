/* suite_context: one test file under way: its states, and what its runs have given out so far. */
#pragma once

#include "suite.h"

/* A state, and how it came about: what made it destroys it. */
typedef struct SuiteState {
    Str key;
    State *state;
    SuiteRun *last; /* that changed it; NULL: none did */
    const Engine *engine;
    const Map *variables;
} SuiteState;

typedef struct SuiteContext {
    const SuiteRequest *request;
    SuiteFile *file;
    Map states;  /* key → SuiteState */
    Map outputs; /* run → Value of its outputs, of those that are done */
    struct SuiteValues *values;
    Arena *arena;
} SuiteContext;

/* Carries its runs out, then destroys what they left. */
void suite_file_run(const SuiteRequest *request, SuiteFile *file, Arena *arena);
SuiteState *suite_file_state(SuiteContext *context, const TestRun *run);
/* Overrides that name nothing of the configuration are warned of. */
void suite_override_check(const Config *config, const TestOverrides *overrides, Diags *diags);
void suite_override_check_file(const Config *config, const TestFile *file, Diags *diags);
/* One run, from its validation to its assertions. */
void suite_run_carry_out(SuiteContext *context, SuiteRun *run);
/* Destroys what the runs made, the latest first. */
void suite_cleanup(SuiteContext *context);
