/* suite_context: one running test file: its states, its values, and the outputs of its finished
 * runs. */
#pragma once

#include "suite.h"

typedef struct SuiteRequest {
    const Engine *engine;      /* of the configuration, with tests loaded */
    const InputRequest *input; /* values from outside the test files */
    Str test_directory;        /* directory with variable files for the test files in it */
    const StrVec *filters;     /* paths of test files; empty: all */
    /* If raised, no further run starts. The current run ends and its objects are destroyed; only
     * the engine's token stops that. */
    const CancelToken *stop;
    const SuiteEvents *events;
} SuiteRequest;

/* A state with the engine and the variables of its last run, which also destroy it. */
typedef struct SuiteState {
    Str key; /* "key STATE_KEY", "module SOURCE", or empty: of the configuration under test */
    State *state;
    SuiteRun *last; /* the last run that applied; NULL: none, then engine and variables too */
    const Engine *engine;
    const Map *variables;
} SuiteState;

/* Values from outside for one configuration: they depend on its declared types. */
typedef struct SuiteGiven {
    const Config *config;
    Map values; /* name → InputValue */
} SuiteGiven;

typedef struct SuiteContext {
    const SuiteRequest *request;
    SuiteFile *file;
    Map states;  /* key → SuiteState */
    Map outputs; /* name of a finished run → Value of its outputs */
    VEC(SuiteGiven *) given;
    Map variables; /* evaluated variables of the file: name → InputValue */
    Arena *arena;
} SuiteContext;
