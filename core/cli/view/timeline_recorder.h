/* timeline_recorder: records when each operation of a walk ran, for reports, and forwards every
 * event. Locks its own data, since events come from many threads. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "timeline.h"

typedef struct TimelineRecorder TimelineRecorder;

/* Starts a recording now; a walk sends its events to *hooks. `listener` (may be NULL) receives
 * every event too. */
TimelineRecorder *timeline_recorder_open(const Cli *cli,
                                         const Hooks *listener,
                                         const Hooks **hooks);
/* Call after the walk. An operation without an end keeps `is_open`, and ends now. */
Timeline *timeline_recorder_close(TimelineRecorder *recorder);
