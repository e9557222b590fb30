/* backend_migrate: takes states from one backend to another: every workspace, with its lineage and
 * serial, and with what its journal holds. The source is locked meanwhile, and the target. */
#pragma once

#include "backend_choice.h"

typedef struct Migration {
    Project *project;
    const BackendChoice *from;
    const BackendChoice *to;
    bool is_forced;  /* nobody is asked */
    bool may_ask;    /* there is somebody to ask */
    bool takes_away; /* what was copied is emptied at its source, where a backup stays */
} Migration;

/* Nothing to copy is no error; nor is a person who wants nothing copied. Safe to do again after a
 * crash. */
MUST_USE bool backend_migrate(const Migration *migration);
