/* call: asks the engine; a missing function has an empty answer. */
#include "call.h"

void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what) {
    if (call->progress)
        call->progress(call->progress_payload, done, total, what);
}

bool call_deletes(const Call *call, const char *type, const char *attribute, Str text) {
    return call->deletes && call->deletes(call->progress_payload, type, attribute, text);
}

bool call_loses(const Call *call, Str text) {
    return call->loses && call->loses(call->progress_payload, text);
}

bool call_makes_machine(const Call *call) {
    return call->makes_machine && call->makes_machine(call->progress_payload);
}

FoundObjects call_find_objects(const Call *call, const char *type) {
    FoundObjects found = {0};
    if (call->find_objects)
        call->find_objects(call->progress_payload, type, &found);
    return found;
}

FoundObjects call_find_planned(const Call *call, const char *type) {
    FoundObjects found = {0};
    if (call->find_planned)
        call->find_planned(call->progress_payload, type, &found);
    return found;
}

int64_t call_monotonic_ms(const Call *call) {
    const Clock *clock = call->io->clock;
    return clock->monotonic_ms(clock->self);
}

int64_t call_planned_ms(const Call *call) {
    const Clock *clock = call->io->clock;
    return call->planned_ms ? call->planned_ms : clock->now_ms(clock->self);
}

int64_t call_time_left_ms(const Call *call) {
    int64_t left_ms = call->deadline_ms ? call->deadline_ms - call_monotonic_ms(call) : 0;
    return call->deadline_ms && left_ms <= 0 ? 1 : left_ms;
}

bool call_is_cancelled(const Call *call) {
    return cancel_level(call->cancel) != CANCEL_NONE ||
           (call->deadline_ms > 0 && call_monotonic_ms(call) >= call->deadline_ms);
}

bool call_sleep(const Call *call, int64_t ms) {
    const Clock *clock = call->io->clock;
    int64_t left_ms = call->deadline_ms > 0 ? call->deadline_ms - call_monotonic_ms(call) : ms;
    if (left_ms < ms)
        return left_ms <= 0 || clock->sleep_ms(clock->self, left_ms, call->cancel) || left_ms < ms;
    return clock->sleep_ms(clock->self, ms, call->cancel);
}

bool call_parts_record(const Call *call, const PartIntent *intents, size_t count, Diags *diags) {
    return !call->parts_record || call->parts_record(call->progress_payload, intents, count, diags);
}

bool call_part_begin(const Call *call, const PartIntent *intent, Diags *diags) {
    return !call->part_begin || call->part_begin(call->progress_payload, intent, diags);
}

bool call_part_end(const Call *call, Str key, Str private_data, Diags *diags) {
    return !call->part_end || call->part_end(call->progress_payload, key, private_data, diags);
}

bool call_keep_state(const Call *call, Value state, Diags *diags) {
    return !call->keep_state || call->keep_state(call->progress_payload, state, diags);
}
