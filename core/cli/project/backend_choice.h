/* backend_choice: which backend a command works with: what the configuration says, and what `init`
 * has recorded. The two must fit, or a state would be looked for in the wrong place. */
#pragma once

#include "backend_cache.h"
#include "project.h"

typedef struct BackendChoice {
    const BackendType *type;
    Value config;       /* of the schema's type: as configured, and by -backend-config */
    uint64_t hash;      /* of the block alone */
    bool is_configured; /* there is a block; else it is the local backend with its defaults */
} BackendChoice;

/* What the configuration and the flags say. */
MUST_USE bool backend_choice_configured(Project *project, BackendChoice *out);
/* What is recorded. */
MUST_USE bool backend_choice_recorded(Project *project,
                                      const BackendCache *cache,
                                      BackendChoice *out);
bool backend_choice_is_same(const BackendChoice *a, const BackendChoice *b);
/* The one to work with, by any command but init; an error where init has to be run first. */
MUST_USE bool backend_choice_settle(Project *project, BackendChoice *out);
/* What is not given comes from the environment. */
MUST_USE bool backend_choice_open(Project *project,
                                  const BackendChoice *choice,
                                  Str workspace,
                                  Backend **out);
/* "default", then the others. *has_workspaces: it can have others. */
MUST_USE bool backend_choice_list(Project *project,
                                  const BackendChoice *choice,
                                  StrVec *out,
                                  bool *has_workspaces);
