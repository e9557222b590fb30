#include "timeouts.h"

#include "log.h"

static Str timeouts_check_duration(Value value, Arena *arena) {
    int64_t ms;
    if (clock_parse_duration(value_text(value), &ms) && ms > 0)
        return STR_EMPTY;
    return str_format(arena, "\"%.*s\" is not a duration such as \"30s\", \"10m\" or \"1h30m\".",
                      STR_ARG(value_text(value)));
}

const Attribute timeouts_attributes[TIMEOUTS_COUNT] = {
    {"create", &TYPE_STRING, OPTIONAL, "Maximum duration of a creation.",
     .check = timeouts_check_duration},
    {"delete", &TYPE_STRING, OPTIONAL, "Maximum duration of a deletion.",
     .check = timeouts_check_duration},
    {"read", &TYPE_STRING, OPTIONAL, "Maximum duration of a read.",
     .check = timeouts_check_duration},
    {"update", &TYPE_STRING, OPTIONAL, "Maximum duration of an update.",
     .check = timeouts_check_duration},
};

Timeout timeouts_begin(const Call *call, Value object, const char *operation) {
    Timeout timeout = {.operation = operation, .call = *call};
    Value limits;
    Str limit;
    int64_t limit_ms = 0;
    if (!value_find(object, STR("timeouts"), &limits) ||
        !value_find_text(limits, str_from_cstr(operation), &limit) ||
        !clock_parse_duration(limit, &limit_ms))
        return timeout;
    timeout.limit_ms = limit_ms;
    log_debug("time limit", log_cstr("operation", operation), log_number("limit_ms", limit_ms));
    timeout.started_ms = call_monotonic_ms(call);
    timeout.call.deadline_ms = timeout.started_ms + limit_ms;
    return timeout;
}

/* A read has no result to determine. */
static const char *timeouts_hint_of(const char *operation) {
    return strcmp(operation, "read") == 0 ? ""
                                          : " If it is unknown whether the operation completed, "
                                            "the next run determines it.";
}

Str timeouts_path(Arena *arena) {
    return path_to_str(path_attribute((Path){0}, STR("timeouts"), arena), arena);
}

static bool is_explained(const Diags *diags, Str path) {
    for (size_t i = 0; i < diags->count; i++) {
        if (str_equal(diags->items[i].path, path))
            return true;
    }
    return false;
}

void timeouts_explain(const Timeout *timeout, Diags *diags) {
    const Call *call = &timeout->call;
    if (timeout->limit_ms == 0 || call_monotonic_ms(call) < call->deadline_ms ||
        cancel_level(call->cancel) != CANCEL_NONE ||
        is_explained(diags, timeouts_path(call->arena)))
        return;
    Str limit = clock_format_elapsed(timeout->limit_ms, call->arena);
    Str passed = clock_format_elapsed(call_monotonic_ms(call) - timeout->started_ms, call->arena);
    Diag *diag = diags_error(
        diags, NO_RANGE, "Operation timed out",
        "The \"%s\" of %.*s failed after %.*s, and \"timeouts\" allows only %.*s. To allow more "
        "time, increase that value.%s",
        timeout->operation, STR_ARG(call->address), STR_ARG(passed), STR_ARG(limit),
        timeouts_hint_of(timeout->operation));
    diag->path = timeouts_path(diags->arena);
}
