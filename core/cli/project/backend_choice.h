/* backend_choice: selects the backend of a command, from the configuration and the record of
 * `init`. The two must agree: otherwise the state would be read from the wrong place. */
#pragma once

#include "backend_cache.h"
#include "project.h"

typedef struct BackendChoice {
    const BackendType *type;
    Value config;       /* of the schema's type: the block, with -backend-config */
    uint64_t hash;      /* of the block alone */
    bool is_configured; /* false: no block, so the local backend with its defaults */
} BackendChoice;

/* Reads the backend of the configuration and of -backend-config. */
MUST_USE bool backend_choice_configured(Project *project, BackendChoice *out);
/* Reads the backend that init has recorded. */
MUST_USE bool backend_choice_recorded(Project *project,
                                      const BackendCache *cache,
                                      BackendChoice *out);
bool backend_choice_is_same(const BackendChoice *a, const BackendChoice *b);
/* Selects the backend for any command but init. Adds an error if init must be run first. */
MUST_USE bool backend_choice_settle(Project *project, BackendChoice *out);
/* Opens the backend. Arguments that are not set come from environment variables. */
MUST_USE bool backend_choice_open(Project *project,
                                  const BackendChoice *choice,
                                  Str workspace,
                                  Backend **out);
/* Lists the workspaces, "default" first. *has_workspaces: the backend supports others. */
MUST_USE bool backend_choice_list(Project *project,
                                  const BackendChoice *choice,
                                  StrVec *out,
                                  bool *has_workspaces);
