/* suite_storage: opens stores for states that outlive their test. The command line implements it,
 * because the stores need its settings: directories, backends, encryption. One thread. */
#pragma once

#include "config.h"
#include "working_state.h"

/* A state in its store, locked while it is open. */
typedef struct SuiteStore SuiteStore;

struct SuiteStore {
    void *self;
    State *state; /* as stored, with the operations of a killed run recovered; empty: none */
    /* The outcome of a call of the last changes is not known: only a new read has the call. */
    bool is_in_doubt;
    /* Reads the state again. */
    bool (*read)(SuiteStore *store, Diags *diags);
    /* Begins changes of `state`, which the store owns from now on. */
    bool (*begin)(SuiteStore *store, State *state, WorkingState **out, Diags *diags);
    /* Ends the changes, and returns the state. */
    State *(*end)(SuiteStore *store);
    /* Releases the lock. A state in a file is removed unless it is kept. */
    void (*close)(SuiteStore *store, bool is_kept, Diags *diags);
};

/* If a function fails, it adds an error and leaves `*out` unchanged. */
typedef struct SuiteStorage {
    void *self;
    Str directory; /* of the manifest and of the files of states */
    /* Opens a document in the directory, to read it or to change it. */
    bool (*open_document)(void *self, Str name, bool is_changed, Backend **out, Diags *diags);
    /* Opens the state in a file of the directory. */
    bool (*open_file)(void *self, Str name, SuiteStore **out, Diags *diags);
    /* Opens the state in the backend of a run. */
    bool (*open_backend)(void *self, const BackendConfig *config, SuiteStore **out, Diags *diags);
} SuiteStorage;
