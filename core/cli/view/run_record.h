/* run_record: listens to a walk and keeps what ran when, for reports; hands every event on.
 * Guards itself: events come from many threads. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "timeline.h"

typedef struct RunRecord RunRecord;

/* A new record, from now on; `listener` (may be NULL) hears everything too. */
RunRecord *run_record_open(const Cli *cli, const Hooks *listener);
const Hooks *run_record_hooks(RunRecord *record);
/* After the walk: what began and did not end is marked so. */
Timeline *run_record_close(RunRecord *record);
