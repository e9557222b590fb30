/* time_functions: the functions provider::time::…, which convert durations and timestamps to
 * objects. */
#include "object_builder.h"
#include "time_provider.h"
#include "timestamp.h"

#define NS_PER_SECOND INT64_C(1000000000)

/* clang-format off */
static const Attribute duration_parts[] = {
    {"hours",        &TYPE_NUMBER, COMPUTED, "Hours."},
    {"minutes",      &TYPE_NUMBER, COMPUTED, "Minutes."},
    {"seconds",      &TYPE_NUMBER, COMPUTED, "Seconds."},
    {"milliseconds", &TYPE_NUMBER, COMPUTED, "Whole milliseconds."},
    {"microseconds", &TYPE_NUMBER, COMPUTED, "Whole microseconds."},
    {"nanoseconds",  &TYPE_NUMBER, COMPUTED, "Nanoseconds."},
};

#define DATE_PARTS                                                                                 \
    {"year",         &TYPE_NUMBER, COMPUTED, "Year."},                                             \
    {"year_day",     &TYPE_NUMBER, COMPUTED, "Day of the year, from 1."},                          \
    {"month",        &TYPE_NUMBER, COMPUTED, "Month, from 1."},                                    \
    {"month_name",   &TYPE_STRING, COMPUTED, "English name of the month."},                        \
    {"day",          &TYPE_NUMBER, COMPUTED, "Day of the month, from 1."},                         \
    {"weekday",      &TYPE_NUMBER, COMPUTED, "Day of the week; Sunday is 0."},                     \
    {"weekday_name", &TYPE_STRING, COMPUTED, "English name of the day."},                          \
    {"hour",         &TYPE_NUMBER, COMPUTED, "Hour."},                                             \
    {"minute",       &TYPE_NUMBER, COMPUTED, "Minute."},                                           \
    {"second",       &TYPE_NUMBER, COMPUTED, "Second."},                                           \
    {"iso_year",     &TYPE_NUMBER, COMPUTED, "Year that the ISO week belongs to."},                \
    {"iso_week",     &TYPE_NUMBER, COMPUTED, "ISO week of the year."}
static const Attribute timestamp_parts[] = {
    DATE_PARTS,
    {"unix", &TYPE_NUMBER, COMPUTED, "Seconds since 1970."},
};
static const Attribute unix_parts[] = {
    DATE_PARTS,
    {"rfc3339", &TYPE_STRING, COMPUTED, "Time as RFC 3339 text, in UTC."},
};
/* clang-format on */

static const Schema duration_schema = {SCHEMA_ATTRIBUTES(duration_parts)};
static const Schema timestamp_schema = {SCHEMA_ATTRIBUTES(timestamp_parts)};
static const Schema unix_schema = {SCHEMA_ATTRIBUTES(unix_parts)};

static bool time_functions_report_argument(const FunctionRequest *request,
                                           FunctionResponse *response, const char *what,
                                           Diags *diags) {
    response->failed_argument = 0;
    return diags_fail(diags, NO_RANGE, "Invalid function argument", "\"%.*s\" is not a valid %s.",
                      STR_ARG(value_text(request->arguments[0])), what);
}

/* Converts whole units and remainder separately, so that long durations stay exact. */
static Value in_units(int64_t ns, int64_t unit, Arena *arena) {
    int64_t whole = ns / unit;
    double number = (double)whole + (double)(ns % unit) / (double)unit;
    return value_from_number(number_from_double(number, arena));
}

static bool duration_parse(const Call *call, const FunctionRequest *request,
                           FunctionResponse *response, Diags *diags) {
    int64_t ns;
    if (!clock_parse_duration_ns(value_text(request->arguments[0]), &ns))
        return time_functions_report_argument(request, response,
                                              "duration string, such as \"1h30m\"", diags);
    ObjectBuilder builder = object_builder_empty(&duration_schema, call->arena);
    object_builder_set(&builder, "hours", in_units(ns, 3600 * NS_PER_SECOND, call->arena));
    object_builder_set(&builder, "minutes", in_units(ns, 60 * NS_PER_SECOND, call->arena));
    object_builder_set(&builder, "seconds", in_units(ns, NS_PER_SECOND, call->arena));
    object_builder_set(&builder, "milliseconds", value_int(ns / 1000000));
    object_builder_set(&builder, "microseconds", value_int(ns / 1000));
    object_builder_set(&builder, "nanoseconds", value_int(ns));
    response->result = object_builder_value(&builder);
    return true;
}

/* Returns the ISO 8601 week, from 1, and the year to which the week belongs: that of its
 * Thursday. */
static int iso_week_of(Timestamp time, int64_t *year) {
    int since_monday = (timestamp_fields(time).weekday + 6) % 7;
    Timestamp thursday = timestamp_add_date(time, 0, 0, 3 - since_monday);
    *year = timestamp_fields(thursday).year;
    return (timestamp_year_day(thursday) - 1) / 7 + 1;
}

static const char *month_name(int month) {
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return names[month - 1];
}

static const char *weekday_name(int weekday) {
    static const char *const names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};
    return names[weekday];
}

static void set_date(ObjectBuilder *builder, Timestamp time) {
    TimestampFields fields = timestamp_fields(time);
    int64_t iso_year;
    int iso_week = iso_week_of(time, &iso_year);
    object_builder_set(builder, "year", value_int(fields.year));
    object_builder_set(builder, "year_day", value_int(timestamp_year_day(time)));
    object_builder_set(builder, "month", value_int(fields.month));
    object_builder_set(builder, "month_name", value_from_cstr(month_name(fields.month)));
    object_builder_set(builder, "day", value_int(fields.day));
    object_builder_set(builder, "weekday", value_int(fields.weekday));
    object_builder_set(builder, "weekday_name", value_from_cstr(weekday_name(fields.weekday)));
    object_builder_set(builder, "hour", value_int(fields.hour));
    object_builder_set(builder, "minute", value_int(fields.minute));
    object_builder_set(builder, "second", value_int(fields.second));
    object_builder_set(builder, "iso_year", value_int(iso_year));
    object_builder_set(builder, "iso_week", value_int(iso_week));
}

static bool rfc3339_parse(const Call *call, const FunctionRequest *request,
                          FunctionResponse *response, Diags *diags) {
    Timestamp time;
    Str ignored;
    if (!timestamp_parse(value_text(request->arguments[0]), &time, &ignored, call->arena))
        return time_functions_report_argument(
            request, response, "RFC 3339 timestamp, such as \"2006-01-02T15:04:05Z\"", diags);
    ObjectBuilder builder = object_builder_empty(&timestamp_schema, call->arena);
    set_date(&builder, time);
    object_builder_set(&builder, "unix", value_int(time.seconds));
    response->result = object_builder_value(&builder);
    return true;
}

#define YEAR_SECONDS INT64_C(31556952)

static bool unix_timestamp_parse(const Call *call, const FunctionRequest *request,
                                 FunctionResponse *response, Diags *diags) {
    Timestamp time = {0};
    bool is_whole = value_to_int(request->arguments[0], &time.seconds);
    /* Reject years that would overflow the 64-bit calendar arithmetic. */
    if (!is_whole || time.seconds / YEAR_SECONDS > 999999 ||
        time.seconds / YEAR_SECONDS < -999999) {
        response->failed_argument = 0;
        return diags_fail(diags, NO_RANGE, "Invalid function argument",
                          "an integer number of seconds since 1970 is required");
    }
    ObjectBuilder builder = object_builder_empty(&unix_schema, call->arena);
    set_date(&builder, time);
    object_builder_set(&builder, "rfc3339", value_from_str(timestamp_to_str(time, call->arena)));
    response->result = object_builder_value(&builder);
    return true;
}

static const ProviderParameter duration_parameters[] = {
    {.name = "duration", .type = &TYPE_STRING},
};
static const ProviderParameter timestamp_parameters[] = {
    {.name = "timestamp", .type = &TYPE_STRING},
};
static const ProviderParameter unix_parameters[] = {
    {.name = "unix_timestamp", .type = &TYPE_NUMBER},
};

const ProviderFunction time_functions[] = {
    {
        .name = "duration_parse",
        .parameters = duration_parameters,
        .parameter_count = ARRAY_COUNT(duration_parameters),
        .object = &duration_schema,
        .run = duration_parse,
        .description =
            "A duration such as \"1h30m\" as an object of numbers: hours, minutes, seconds, "
            "milliseconds, microseconds and nanoseconds, each of the whole duration.",
        .example = "provider::time::duration_parse(\"1h30m\").minutes = 90",
    },
    {
        .name = "rfc3339_parse",
        .parameters = timestamp_parameters,
        .parameter_count = ARRAY_COUNT(timestamp_parameters),
        .object = &timestamp_schema,
        .run = rfc3339_parse,
        .description = "The parts of an RFC 3339 timestamp as an object.",
        .example = "provider::time::rfc3339_parse(\"2023-07-25T23:43:16Z\").month_name = \"July\"",
    },
    {
        .name = "unix_timestamp_parse",
        .parameters = unix_parameters,
        .parameter_count = ARRAY_COUNT(unix_parameters),
        .object = &unix_schema,
        .run = unix_timestamp_parse,
        .description = "The parts of a number of seconds since 1970 as an object.",
        .example = "provider::time::unix_timestamp_parse(0).rfc3339 = \"1970-01-01T00:00:00Z\"",
    },
};
