/* A row of the timeline for each operation, opened and closed by the events of the walk. */
#include "timeline_recorder.h"

#include "map.h"

#include <pthread.h>

struct TimelineRecorder {
    const Cli *cli;
    const Hooks *listener;
    Hooks hooks;
    pthread_mutex_t mutex; /* guards the members below */
    int64_t started_ms;    /* monotonic */
    Timeline *timeline;
    Map open; /* kind, address, deposed → row, from 1 */
};

static int64_t now_ms(const TimelineRecorder *recorder) {
    const Clock *clock = recorder->cli->io.clock;
    return clock->monotonic_ms(clock->self) - recorder->started_ms;
}

static Str key_of(const WalkEvent *event, TimelineKind kind, Arena *arena) {
    return str_format(arena, "%d %.*s %.*s", (int)kind, STR_ARG(event->address),
                      STR_ARG(event->deposed));
}

static void begin(TimelineRecorder *recorder, const WalkEvent *event, TimelineKind kind) {
    Arena *arena = recorder->cli->arena;
    pthread_mutex_lock(&recorder->mutex);
    TimelineRow row = {
        .kind = kind,
        .address = str_clone(event->address, arena),
        .block = resource_addr_to_config_str(event->resource, arena),
        .deposed = str_clone(event->deposed, arena),
        .what = str_clone(event->provisioner, arena),
        .action = event->action,
        .start_ms = now_ms(recorder),
        .is_open = true,
        .waited_for = TIMELINE_NONE,
        .turn_after = TIMELINE_NONE,
    };
    row.end_ms = row.start_ms;
    vec_push(arena, &recorder->timeline->rows, row);
    map_set(&recorder->open, key_of(event, kind, arena),
            (void *)(uintptr_t)recorder->timeline->rows.count);
    pthread_mutex_unlock(&recorder->mutex);
}

static void end(TimelineRecorder *recorder, const WalkEvent *event, TimelineKind kind) {
    SCOPED(ArenaRef) scratch = arena_open("record");
    pthread_mutex_lock(&recorder->mutex);
    uintptr_t at = (uintptr_t)map_find(&recorder->open, key_of(event, kind, scratch));
    if (at) {
        TimelineRow *row = &recorder->timeline->rows.items[at - 1];
        row->end_ms = now_ms(recorder);
        row->is_open = false;
        row->failed = event->failed;
    }
    pthread_mutex_unlock(&recorder->mutex);
}

static void record(TimelineRecorder *recorder, const WalkEvent *event) {
    switch (event->kind) {
    case EVENT_REFRESH_START: begin(recorder, event, TIMELINE_READ); break;
    case EVENT_REFRESH_END: end(recorder, event, TIMELINE_READ); break;
    case EVENT_APPLY_START: begin(recorder, event, TIMELINE_APPLY); break;
    case EVENT_APPLY_END: end(recorder, event, TIMELINE_APPLY); break;
    case EVENT_PROVISION_START: begin(recorder, event, TIMELINE_PROVISION); break;
    case EVENT_PROVISION_END: end(recorder, event, TIMELINE_PROVISION); break;
    case EVENT_REFRESH_PROGRESS:
    case EVENT_APPLY_PROGRESS:
    case EVENT_PROVISION_OUTPUT:
    case EVENT_EPHEMERAL_START:
    case EVENT_EPHEMERAL_END:
    case EVENT_APPLY_TOTAL: break;
    }
}

static void on_event(void *self, const WalkEvent *event) {
    TimelineRecorder *recorder = self;
    record(recorder, event);
    hooks_send(recorder->listener, event);
}

TimelineRecorder *timeline_recorder_open(const Cli *cli,
                                         const Hooks *listener,
                                         const Hooks **hooks) {
    TimelineRecorder *recorder = arena_new(cli->arena, TimelineRecorder);
    *recorder = (TimelineRecorder){.cli = cli, .listener = listener, .open = map_new(cli->arena)};
    recorder->timeline = arena_new(cli->arena, Timeline);
    recorder->timeline->began_ms = cli_now_ms(cli);
    recorder->started_ms = now_ms(recorder);
    pthread_mutex_init(&recorder->mutex, NULL);
    recorder->hooks = (Hooks){recorder, on_event};
    *hooks = &recorder->hooks;
    return recorder;
}

Timeline *timeline_recorder_close(TimelineRecorder *recorder) {
    Timeline *timeline = recorder->timeline;
    timeline->length_ms = now_ms(recorder);
    vec_each(&timeline->rows, row) {
        if (row->is_open)
            row->end_ms = timeline->length_ms;
    }
    pthread_mutex_destroy(&recorder->mutex);
    return timeline;
}
