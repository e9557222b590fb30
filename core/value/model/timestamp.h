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
/* Same, but also allowed: an hour of one digit, a comma before a fraction of a second, an offset of
 * 24 hours or of 60 minutes. */
MUST_USE bool timestamp_parse_lenient(Str text, Timestamp *out, Str *error, Arena *arena);
/* In its own zone. */
TimestampFields timestamp_fields(Timestamp time);
/* In its own zone, without fractions. */
Str timestamp_to_str(Timestamp time, Arena *arena);
/* Later by so many years, months and days of the calendar; negative ones are earlier. A day that
 * the month lacks runs over into the next month: January 31 and one month give March 2 or 3. */
Timestamp timestamp_add_date(Timestamp time, int64_t years, int64_t months, int64_t days);
/* The day within its year, from 1. */
int timestamp_year_day(Timestamp time);
/* The week as ISO 8601 counts it, from 1, and the year that the week belongs to. */
int timestamp_iso_week(Timestamp time, int64_t *year);
/* "January" of 1; "Sunday" of 0. */
const char *timestamp_month_name(int month);
const char *timestamp_weekday_name(int weekday);
