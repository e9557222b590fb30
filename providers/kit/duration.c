/* duration: durations in attributes. */
#include "duration.h"

#include "clock.h"
#include "str_quote.h"

Str duration_check(Value value, Arena *arena) {
    int64_t ms = 0;
    if (clock_parse_duration(value_text(value), &ms) && ms > 0)
        return STR_EMPTY;
    return str_format(arena, "%.*s is not a duration above zero, such as \"90s\" or \"5m\".",
                      STR_ARG(str_quote(value_text(value), arena)));
}

int64_t duration_of(Value object, const char *name, int64_t fallback_ms) {
    int64_t ms = 0;
    return clock_parse_duration(object_text(object, name, STR_EMPTY), &ms) ? ms : fallback_ms;
}
