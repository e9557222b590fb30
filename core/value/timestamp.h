/* timestamp: RFC 3339 times, as the functions on dates and YAML take them. */
#pragma once

#include "value.h"

typedef struct Timestamp {
    int64_t seconds; /* since 1970, UTC */
    int32_t nanoseconds;
    int32_t offset_minutes; /* of the zone it was written in */
} Timestamp;

typedef struct TimestampFields {
    int64_t year;
    int month; /* from 1 */
    int day;   /* from 1 */
    int hour, minute, second;
    int weekday; /* Sunday is 0 */
} TimestampFields;

/* False: *error says what is wrong, as "not a valid RFC3339 timestamp: ..." */
MUST_USE bool timestamp_parse(Str text, Timestamp *out, Str *error, Arena *arena);
/* Same, with a comma before a fraction of a second and an offset of 24 hours allowed. */
MUST_USE bool timestamp_parse_lenient(Str text, Timestamp *out, Str *error, Arena *arena);
/* In its own zone. */
TimestampFields timestamp_fields(Timestamp time);
/* In its own zone, without fractions. */
Str timestamp_to_str(Timestamp time, Arena *arena);
