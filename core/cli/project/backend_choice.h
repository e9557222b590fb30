/* backend_choice: selects the backend of a command, from the configuration and the record of
 * `init`. The two must agree: otherwise the state would be read from the wrong place. */
#pragma once

#include "project.h"

typedef struct BackendChoice {
    const BackendType *type;
    Value config;       /* of the schema's type: the block, with -backend-config */
    uint64_t hash;      /* of the block alone */
    bool is_configured; /* false: no block, so the local backend with its defaults */
} BackendChoice;

/* What `init` would change. */
typedef struct BackendChange {
    bool ignores_record; /* input: `before` becomes the local backend */
    BackendChoice now;   /* of the configuration and of -backend-config */
    BackendChoice before;
    bool has_record;
    bool is_same_block; /* both come from the same block; flags may differ */
    bool is_same;       /* the same backend with the same arguments */
} BackendChange;

/* Compares the backend of the configuration with the recorded one. */
MUST_USE bool backend_choice_compare(Project *project, BackendChange *out);
/* Selects the backend for any command but init. Adds an error if init must be run first. */
MUST_USE bool backend_choice_select(Project *project, BackendChoice *out);
/* Reads a block of the configuration, which need not be the one of the root module. */
MUST_USE bool backend_choice_read(Project *project, const BackendConfig *block, BackendChoice *out);
/* Returns the local backend with this file. */
BackendChoice backend_choice_of_file(Str path, Arena *arena);
/* Opens the backend. Arguments that are not set come from environment variables. */
MUST_USE bool backend_choice_open(Project *project, const BackendChoice *choice, Str workspace,
                                  Backend **out);
/* True: there may be several workspaces. With a block "workspaces", there is one unless the block
 * selects them by a prefix or by tags. */
bool backend_choice_has_many(const BackendChoice *choice);
/* Lists the workspaces, "default" first. */
MUST_USE bool backend_choice_list(Project *project, const BackendChoice *choice, StrVec *out);
/* Creates a workspace of a backend that supports this. */
MUST_USE bool backend_choice_make(Project *project, const BackendChoice *choice, Str workspace);
/* Records the backend for later commands. */
MUST_USE bool backend_choice_record(Project *project, const BackendChoice *choice);
