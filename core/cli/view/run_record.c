/* What ran when. */
#include "run_record.h"

#include "map.h"

#include <pthread.h>

struct RunRecord {
    const Cli *cli;
    const Hooks *listener;
    Hooks hooks;
    pthread_mutex_t mutex; /* guards the rest */
    int64_t started_ms;    /* monotonic */
    Timeline *timeline;
    Map open; /* kind, address, deposed → row, from 1 */
};

static int64_t now_ms(const RunRecord *record) {
    const Clock *clock = record->cli->io.clock;
    return clock->monotonic_ms(clock->self) - record->started_ms;
}

static Str key_of(const HookEvent *event, TimelineKind kind, Arena *arena) {
    return str_format(arena, "%d %.*s %.*s", (int)kind, STR_ARG(event->address),
                      STR_ARG(event->deposed));
}

static void begin(RunRecord *record, const HookEvent *event, TimelineKind kind) {
    Arena *arena = record->cli->arena;
    pthread_mutex_lock(&record->mutex);
    TimelineRow row = {
        .kind = kind,
        .address = str_clone(event->address, arena),
        .block = resource_addr_to_config_str(event->resource, arena),
        .deposed = str_clone(event->deposed, arena),
        .what = str_clone(event->provisioner, arena),
        .action = event->action,
        .start_ms = now_ms(record),
        .is_open = true,
        .waited_for = TIMELINE_NONE,
        .turn_after = TIMELINE_NONE,
    };
    row.end_ms = row.start_ms;
    vec_push(arena, &record->timeline->rows, row);
    map_set(&record->open, key_of(event, kind, arena),
            (void *)(uintptr_t)record->timeline->rows.count);
    pthread_mutex_unlock(&record->mutex);
}

static void end(RunRecord *record, const HookEvent *event, TimelineKind kind, bool failed) {
    SCOPED(ArenaRef) scratch = arena_open("record");
    pthread_mutex_lock(&record->mutex);
    uintptr_t at = (uintptr_t)map_find(&record->open, key_of(event, kind, scratch));
    if (at) {
        TimelineRow *row = &record->timeline->rows.items[at - 1];
        row->end_ms = now_ms(record);
        row->is_open = false;
        row->failed = failed;
    }
    pthread_mutex_unlock(&record->mutex);
}

static void on_refresh_start(void *self, const HookEvent *event) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    begin(record, event, TIMELINE_READ);
    if (listener && listener->refresh_start)
        listener->refresh_start(listener->self, event);
}

static void on_refresh_progress(
    void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->refresh_progress)
        listener->refresh_progress(listener->self, event, done, total, what);
}

static void on_refresh_end(void *self, const HookEvent *event) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    end(record, event, TIMELINE_READ, false);
    if (listener && listener->refresh_end)
        listener->refresh_end(listener->self, event);
}

static void on_apply_start(void *self, const HookEvent *event) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    begin(record, event, TIMELINE_APPLY);
    if (listener && listener->apply_start)
        listener->apply_start(listener->self, event);
}

static void on_apply_progress(
    void *self, const HookEvent *event, uint64_t done, uint64_t total, Str what) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->apply_progress)
        listener->apply_progress(listener->self, event, done, total, what);
}

static void on_apply_end(void *self, const HookEvent *event, bool failed) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    end(record, event, TIMELINE_APPLY, failed);
    if (listener && listener->apply_end)
        listener->apply_end(listener->self, event, failed);
}

static void on_provision_start(void *self, const HookEvent *event) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    begin(record, event, TIMELINE_PROVISION);
    if (listener && listener->provision_start)
        listener->provision_start(listener->self, event);
}

static void on_provision_output(void *self, const HookEvent *event, Str line) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->provision_output)
        listener->provision_output(listener->self, event, line);
}

static void on_provision_end(void *self, const HookEvent *event, bool failed) {
    RunRecord *record = self;
    const Hooks *listener = record->listener;
    end(record, event, TIMELINE_PROVISION, failed);
    if (listener && listener->provision_end)
        listener->provision_end(listener->self, event, failed);
}

static void on_ephemeral_start(void *self, const HookEvent *event) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->ephemeral_start)
        listener->ephemeral_start(listener->self, event);
}

static void on_ephemeral_end(void *self, const HookEvent *event, bool failed) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->ephemeral_end)
        listener->ephemeral_end(listener->self, event, failed);
}

static void on_apply_total(void *self, size_t count) {
    const RunRecord *record = self;
    const Hooks *listener = record->listener;
    if (listener && listener->apply_total)
        listener->apply_total(listener->self, count);
}

RunRecord *run_record_open(const Cli *cli, const Hooks *listener) {
    RunRecord *record = arena_new(cli->arena, RunRecord);
    *record = (RunRecord){.cli = cli, .listener = listener, .open = map_new(cli->arena)};
    record->timeline = arena_new(cli->arena, Timeline);
    record->timeline->began_ms = cli_now_ms(cli);
    record->started_ms = now_ms(record);
    pthread_mutex_init(&record->mutex, NULL);
    record->hooks = (Hooks){
        .self = record,
        .refresh_start = on_refresh_start,
        .refresh_progress = on_refresh_progress,
        .refresh_end = on_refresh_end,
        .apply_start = on_apply_start,
        .apply_progress = on_apply_progress,
        .apply_end = on_apply_end,
        .provision_start = on_provision_start,
        .provision_output = on_provision_output,
        .provision_end = on_provision_end,
        .ephemeral_start = on_ephemeral_start,
        .ephemeral_end = on_ephemeral_end,
        .apply_total = on_apply_total,
    };
    return record;
}

const Hooks *run_record_hooks(RunRecord *record) {
    return &record->hooks;
}

Timeline *run_record_close(RunRecord *record) {
    Timeline *timeline = record->timeline;
    timeline->length_ms = now_ms(record);
    vec_each(&timeline->rows, row) {
        if (row->is_open)
            row->end_ms = timeline->length_ms;
    }
    pthread_mutex_destroy(&record->mutex);
    return timeline;
}
