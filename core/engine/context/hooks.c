/* Sends events to the listener, and to the log. */
#include "hooks.h"
#include "log.h"

static void log_event_of(const WalkEvent *event) {
    static const char *const names[] = {
        [EVENT_REFRESH_START] = "refresh start",     [EVENT_REFRESH_PROGRESS] = "refresh progress",
        [EVENT_REFRESH_END] = "refresh end",         [EVENT_APPLY_START] = "apply start",
        [EVENT_APPLY_PROGRESS] = "apply progress",   [EVENT_APPLY_END] = "apply end",
        [EVENT_PROVISION_START] = "provision start", [EVENT_PROVISION_OUTPUT] = "provision output",
        [EVENT_PROVISION_END] = "provision end",     [EVENT_OPERATION_START] = "ephemeral start",
        [EVENT_OPERATION_END] = "ephemeral end",     [EVENT_APPLY_TOTAL] = "apply total",
        [EVENT_CALL_START] = "call start",           [EVENT_CALL_END] = "call end",
        [EVENT_INSTANCE_END] = "instance end",
    };
    static_assert(ARRAY_COUNT(names) == EVENT_APPLY_TOTAL + 1, "a name for every kind");
    log_debug("event", log_cstr("kind", names[event->kind]), log_text("of", event->address),
              log_text("deposed", event->deposed), log_cstr("action", action_name(event->action)),
              log_cstr("operation", event->operation), log_number("failed", event->failed),
              log_number("total", (int64_t)event->total));
}

void hooks_send(const Hooks *hooks, const WalkEvent *event) {
    if (!hooks)
        return;
    if (log_enabled(LOG_DEBUG))
        log_event_of(event);
    hooks->event(hooks->self, event);
}
