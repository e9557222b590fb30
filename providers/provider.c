/* provider: what a call offers to those who carry it out. */
#include "provider.h"

void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what) {
    if (call->progress)
        call->progress(call->progress_payload, done, total, what);
}

bool call_deletes(const Call *call, const char *type, const char *attribute, Str text) {
    return call->deletes && call->deletes(call->progress_payload, type, attribute, text);
}

int64_t call_monotonic_ms(const Call *call) {
    const Clock *clock = call->io->clock;
    return clock->monotonic_ms(clock->self);
}

bool call_is_cancelled(const Call *call) {
    if (cancel_level(call->cancel) != CANCEL_NONE)
        return true;
    return call->deadline_ms > 0 && call_monotonic_ms(call) >= call->deadline_ms;
}

bool call_sleep(const Call *call, int64_t ms) {
    const Clock *clock = call->io->clock;
    int64_t left_ms = call->deadline_ms > 0 ? call->deadline_ms - call_monotonic_ms(call) : ms;
    if (left_ms < ms)
        return left_ms <= 0 || clock->sleep_ms(clock->self, left_ms, call->cancel) || left_ms < ms;
    return clock->sleep_ms(clock->self, ms, call->cancel);
}

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena) {
    struct PlanNote note = {.path = path, .text = text};
    vec_push(arena, &response->notes, note);
}
