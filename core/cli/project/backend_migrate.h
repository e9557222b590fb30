/* backend_migrate: copies states between backends: every workspace, with its lineage, serial and
 * journal. The source and the target are locked meanwhile. */
#pragma once

#include "backend_choice.h"

typedef struct Migration {
    Project *project;
    const BackendChoice *from;
    const BackendChoice *to;
    bool is_forced;  /* skips all questions */
    bool may_ask;    /* questions are possible */
    bool takes_away; /* empties the source after the copy; a backup stays there */
} Migration;

/* Succeeds if there is nothing to copy. Succeeds if the user declines, unless only one of several
 * workspaces fits the target. May be repeated after a crash. */
MUST_USE bool backend_migrate(const Migration *migration);
