/* provider: what a call offers to those who carry it out. */
#include "provider.h"

void call_progress(const Call *call, uint64_t done, uint64_t total, const char *what) {
    if (call->progress)
        call->progress(call->progress_payload, done, total, what);
}

bool call_is_cancelled(const Call *call) {
    return cancel_level(call->cancel) != CANCEL_NONE;
}

void plan_note(PlanResponse *response, Path path, Str text, Arena *arena) {
    struct PlanNote note = {.path = path, .text = text};
    vec_push(arena, &response->notes, note);
}
