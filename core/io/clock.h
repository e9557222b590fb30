/* Clock: the current time and sleep. */
#pragma once

#include "cancel.h"
#include "str.h"

typedef struct Clock {
    void *self;
    int64_t (*now_ms)(void *self);       /* Unix time in milliseconds */
    int64_t (*monotonic_ms)(void *self); /* for durations; counts suspended time too */
    /* Returns true if cancelled before the time was over. */
    bool (*sleep_ms)(void *self, int64_t ms, const CancelToken *cancel);
} Clock;

extern const Clock clock_real;

/* Formats RFC 3339 in UTC with seconds ("2026-01-02T03:04:05Z"). */
Str clock_format_rfc3339(int64_t unix_ms, Arena *arena);
/* Same with `digits` digits of fraction (0, 3, 6, 9); those after the third are zeros. */
Str clock_format_rfc3339_fraction(int64_t unix_ms, int digits, Arena *arena);
/* Parses a duration in the syntax of Go: "1m30s", "2h", "500ms". Rounds to whole milliseconds, away
 * from zero. */
MUST_USE bool clock_parse_duration(Str text, int64_t *out_ms);
/* Same, without rounding. */
MUST_USE bool clock_parse_duration_ns(Str text, int64_t *out_ns);
/* Formats a duration for progress lines: "3s", "1m5s". */
Str clock_format_elapsed(int64_t ms, Arena *arena);
