/* timestamp: RFC 3339 times, for the date functions and YAML. */
#pragma once

#include "value.h"

typedef struct Timestamp {
    int64_t seconds; /* since 1970, UTC */
    int32_t nanoseconds;
    int32_t offset_minutes; /* offset of the written time zone */
} Timestamp;

typedef struct TimestampFields {
    int64_t year;
    int month; /* from 1 */
    int day;   /* from 1 */
    int hour, minute, second;
    int weekday; /* Sunday is 0 */
} TimestampFields;

/* On failure returns false and sets *error, as "not a valid RFC3339 timestamp: ..." */
MUST_USE bool timestamp_parse(Str text, Timestamp *out, Str *error, Arena *arena);
/* The same, but more lenient. Also accepts an hour of one digit, a comma before a fraction of a
 * second, and an offset of 24 hours or of 60 minutes. */
MUST_USE bool timestamp_parse_lenient(Str text, Timestamp *out, Str *error, Arena *arena);
/* Returns the fields in the time's own zone. */
TimestampFields timestamp_fields(Timestamp time);
/* Formats the time in its own zone, without fractions. */
Str timestamp_to_str(Timestamp time, Arena *arena);
/* Adds calendar years, months and days, which may be negative. A day beyond the end of the month
 * runs over into the next: January 31 plus one month is March 2 or 3. */
Timestamp timestamp_add_date(Timestamp time, int64_t years, int64_t months, int64_t days);
/* Returns the day of the year, from 1. */
int timestamp_year_day(Timestamp time);
