/* The functions provider::time::… : durations and timestamps as objects. */
#include "object_builder.h"
#include "time_provider.h"
#include "timestamp.h"

#define NS_PER_SECOND INT64_C(1000000000)

static bool refuse(const FunctionRequest *request,
                   FunctionResponse *response,
                   const char *what,
                   Diags *diags) {
    response->failed_argument = 0;
    diags_error(diags, NO_RANGE, "Invalid function argument", "\"%.*s\" is not a valid %s.",
                STR_ARG(value_text(request->arguments[0])), what);
    return false;
}

/* Whole units and the rest apart, so that long durations stay exact. */
static Value in_units(int64_t ns, int64_t unit, Arena *arena) {
    int64_t whole = ns / unit;
    double number = (double)whole + (double)(ns % unit) / (double)unit;
    return value_from_number(number_from_double(number, arena));
}

static bool duration_parse(const Call *call,
                           const FunctionRequest *request,
                           FunctionResponse *response,
                           Diags *diags) {
    int64_t ns;
    ObjectBuilder builder = object_builder_new(call->arena);
    if (!clock_parse_duration_ns(value_text(request->arguments[0]), &ns))
        return refuse(request, response, "duration string, such as \"1h30m\"", diags);
    object_builder_put(&builder, STR("hours"), in_units(ns, 3600 * NS_PER_SECOND, call->arena));
    object_builder_put(&builder, STR("minutes"), in_units(ns, 60 * NS_PER_SECOND, call->arena));
    object_builder_put(&builder, STR("seconds"), in_units(ns, NS_PER_SECOND, call->arena));
    object_builder_put(&builder, STR("milliseconds"), value_int(ns / 1000000));
    object_builder_put(&builder, STR("microseconds"), value_int(ns / 1000));
    object_builder_put(&builder, STR("nanoseconds"), value_int(ns));
    response->result = object_builder_value(&builder);
    return true;
}

static void set_date(ObjectBuilder *builder, Timestamp time) {
    TimestampFields fields = timestamp_fields(time);
    int64_t iso_year;
    int iso_week = timestamp_iso_week(time, &iso_year);
    object_builder_put(builder, STR("year"), value_int(fields.year));
    object_builder_put(builder, STR("year_day"), value_int(timestamp_year_day(time)));
    object_builder_put(builder, STR("month"), value_int(fields.month));
    object_builder_put(builder, STR("month_name"),
                       value_from_cstr(timestamp_month_name(fields.month)));
    object_builder_put(builder, STR("day"), value_int(fields.day));
    object_builder_put(builder, STR("weekday"), value_int(fields.weekday));
    object_builder_put(builder, STR("weekday_name"),
                       value_from_cstr(timestamp_weekday_name(fields.weekday)));
    object_builder_put(builder, STR("hour"), value_int(fields.hour));
    object_builder_put(builder, STR("minute"), value_int(fields.minute));
    object_builder_put(builder, STR("second"), value_int(fields.second));
    object_builder_put(builder, STR("iso_year"), value_int(iso_year));
    object_builder_put(builder, STR("iso_week"), value_int(iso_week));
}

static bool rfc3339_parse(const Call *call,
                          const FunctionRequest *request,
                          FunctionResponse *response,
                          Diags *diags) {
    Timestamp time;
    Str ignored;
    if (!timestamp_parse(value_text(request->arguments[0]), &time, &ignored, call->arena))
        return refuse(request, response, "RFC 3339 timestamp, such as \"2006-01-02T15:04:05Z\"",
                      diags);
    ObjectBuilder builder = object_builder_new(call->arena);
    set_date(&builder, time);
    object_builder_put(&builder, STR("unix"), value_int(time.seconds));
    response->result = object_builder_value(&builder);
    return true;
}

#define YEAR_SECONDS INT64_C(31556952)

static bool unix_timestamp_parse(const Call *call,
                                 const FunctionRequest *request,
                                 FunctionResponse *response,
                                 Diags *diags) {
    Timestamp time = {0};
    bool is_whole = value_to_int(request->arguments[0], &time.seconds);
    /* Years of more digits than a 64-bit number of days can be computed for are no use. */
    if (!is_whole || time.seconds / YEAR_SECONDS > 999999 ||
        time.seconds / YEAR_SECONDS < -999999) {
        response->failed_argument = 0;
        diags_error(diags, NO_RANGE, "Invalid function argument",
                    "A whole number of seconds since 1970 is needed.");
        return false;
    }
    ObjectBuilder builder = object_builder_new(call->arena);
    set_date(&builder, time);
    object_builder_put(&builder, STR("rfc3339"),
                       value_from_str(timestamp_to_str(time, call->arena)));
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
     .run = duration_parse,
     .description =
            "A duration such as \"1h30m\" as an object of numbers: hours, minutes, seconds, "
            "milliseconds, microseconds and nanoseconds, each of the whole duration.", .example = "provider::time::duration_parse(\"1h30m\").minutes = 90",
     },
    {
     .name = "rfc3339_parse",
     .parameters = timestamp_parameters,
     .parameter_count = ARRAY_COUNT(timestamp_parameters),
     .run = rfc3339_parse,
     .description = "The parts of an RFC 3339 timestamp as an object.",
     .example = "provider::time::rfc3339_parse(\"2023-07-25T23:43:16Z\").month_name = \"July\"",
     },
    {
     .name = "unix_timestamp_parse",
     .parameters = unix_parameters,
     .parameter_count = ARRAY_COUNT(unix_parameters),
     .run = unix_timestamp_parse,
     .description = "The parts of a number of seconds since 1970 as an object.",
     .example = "provider::time::unix_timestamp_parse(0).rfc3339 = \"1970-01-01T00:00:00Z\"",
     },
};
