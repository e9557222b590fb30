/* date: functions on timestamps. */
#include "functions.h"

#include "scope.h"
#include "timestamp.h"

static bool date_argument(FunctionCall *call, size_t i, Timestamp *out, Str *error) {
    call->failed_argument = i;
    return timestamp_parse(function_text(call, i), out, error, call->arena);
}

static const char *const month_names[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
static const char *const day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                        "Thursday", "Friday", "Saturday"};

typedef struct DateFormat {
    Timestamp time;
    TimestampFields fields;
    StrBuf out;
} DateFormat;

/* Adds the offset from UTC, with or without a colon. */
static void date_add_offset(DateFormat *format, bool has_colon) {
    int offset = format->time.offset_minutes;
    int size = offset < 0 ? -offset : offset;
    strbuf_add_format(&format->out, has_colon ? "%c%02d:%02d" : "%c%02d%02d",
                      offset < 0 ? '-' : '+', size / 60, size % 60);
}

static bool date_zone(DateFormat *format, size_t length) {
    bool is_utc = format->time.offset_minutes == 0;
    switch (length) {
    case 1:
        if (is_utc)
            strbuf_add_char(&format->out, 'Z');
        else
            date_add_offset(format, true);
        return true;
    case 3:
        if (is_utc)
            strbuf_add_cstr(&format->out, "UTC");
        else
            date_add_offset(format, false);
        return true;
    case 4: date_add_offset(format, false); return true;
    case 5: date_add_offset(format, true); return true;
    default: return false;
    }
}

/* Adds the number in one or two digits. */
static bool date_number(DateFormat *format, size_t length, int number) {
    if (length > 2)
        return false;
    strbuf_add_format(&format->out, length == 2 ? "%02d" : "%d", number);
    return true;
}

static bool date_name(DateFormat *format, size_t length, const char *name) {
    if (length != 3 && length != 4)
        return false;
    strbuf_add(&format->out, str_slice(str_from_cstr(name), 0, length == 3 ? 3 : SIZE_MAX));
    return true;
}

static bool date_year(DateFormat *format, size_t length) {
    if (length != 2 && length != 4)
        return false;
    if (length == 2)
        strbuf_add_format(&format->out, "%02d", (int)(format->fields.year % 100));
    else
        strbuf_add_format(&format->out, "%04lld", (long long)format->fields.year);
    return true;
}

static bool date_half(DateFormat *format, size_t length, bool is_upper) {
    bool is_late = format->fields.hour >= 12;
    if (length != 2)
        return false;
    strbuf_add_cstr(&format->out, is_upper ? (is_late ? "PM" : "AM") : (is_late ? "pm" : "am"));
    return true;
}

typedef struct DateVerb {
    char letter;
    const char *forms; /* error message: the allowed forms */
} DateVerb;

static const DateVerb date_verbs[] = {
    {'Y', "year must either be \"YY\" or \"YYYY\""},
    {'M', "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\""},
    {'D', "day of month must either be \"D\" or \"DD\""},
    {'E', "day of week must either be \"EEE\" or \"EEEE\""},
    {'h', "24-hour must either be \"h\" or \"hh\""},
    {'H', "12-hour must either be \"H\" or \"HH\""},
    {'A', "must be \"AA\""},
    {'a', "must be \"aa\""},
    {'m', "minute must either be \"m\" or \"mm\""},
    {'s', "second must either be \"s\" or \"ss\""},
    {'Z', "timezone must be Z, ZZZ, ZZZZ, or ZZZZZ"},
};

static bool date_add_verb(DateFormat *format, char letter, size_t length) {
    const TimestampFields *fields = &format->fields;
    switch (letter) {
    case 'Y': return date_year(format, length);
    case 'M':
        return length > 2 ? date_name(format, length, month_names[fields->month - 1])
                          : date_number(format, length, fields->month);
    case 'D': return date_number(format, length, fields->day);
    case 'E': return date_name(format, length, day_names[fields->weekday]);
    case 'h': return date_number(format, length, fields->hour);
    case 'H': return date_number(format, length, fields->hour % 12 ? fields->hour % 12 : 12);
    case 'A': return date_half(format, length, true);
    case 'a': return date_half(format, length, false);
    case 'm': return date_number(format, length, fields->minute);
    case 's': return date_number(format, length, fields->second);
    case 'Z': return date_zone(format, length);
    default: return false;
    }
}

static bool date_bad_verb(FunctionCall *call, Str verb, Str *error) {
    const char *why = "it is not a verb; write literal letters in single quotes";
    for (size_t i = 0; i < ARRAY_COUNT(date_verbs); i++)
        if (date_verbs[i].letter == verb.ptr[0])
            why = date_verbs[i].forms;
    return function_fail(call, 0, error, "invalid date format verb \"%.*s\": %s", STR_ARG(verb),
                         why);
}

/* Reads 'literal', in which two quotes stand for one. Returns the offset after it, or 0 if it never
 * ends. */
static size_t date_literal(Str spec, size_t at, StrBuf *out) {
    size_t start = ++at;
    for (; at < spec.len; at++) {
        bool is_quote = spec.ptr[at] == '\'';
        bool is_double = is_quote && at + 1 < spec.len && spec.ptr[at + 1] == '\'';
        if (is_quote && !is_double) {
            if (at == start)
                strbuf_add_char(out, '\'');
            return at + 1;
        }
        strbuf_add_char(out, spec.ptr[at]);
        at += is_double;
    }
    return 0;
}

static bool date_formatdate(FunctionCall *call, Value *out, Str *error) {
    DateFormat format = {.out = strbuf_new(call->arena)};
    Str spec = function_text(call, 0);
    if (!date_argument(call, 1, &format.time, error))
        return false;
    format.fields = timestamp_fields(format.time);
    for (size_t at = 0; at < spec.len;) {
        char c = spec.ptr[at];
        if (c == '\'') {
            at = date_literal(spec, at, &format.out);
            if (!at)
                return function_fail(call, 0, error, "unterminated literal '");
        } else if (isalpha((unsigned char)c)) {
            size_t end = at;
            while (end < spec.len && spec.ptr[end] == c)
                end++;
            if (!date_add_verb(&format, c, end - at))
                return date_bad_verb(call, str_slice(spec, at, end), error);
            at = end;
        } else {
            strbuf_add_char(&format.out, c);
            at++;
        }
    }
    return function_give(value_string(strbuf_str(&format.out), call->arena), out);
}

#define NS_PER_SECOND INT64_C(1000000000)

static bool date_timeadd(FunctionCall *call, Value *out, Str *error) {
    Timestamp time;
    int64_t ns = 0;
    if (!date_argument(call, 0, &time, error))
        return false;
    if (!clock_parse_duration_ns(function_text(call, 1), &ns))
        return function_fail(
            call, 1, error,
            "not a valid duration: a sequence of numbers with units is required, such as "
            "\"1h30m\" or \"-500ms\"");
    int64_t total = time.nanoseconds + ns % NS_PER_SECOND;
    time.seconds += ns / NS_PER_SECOND + (total >= NS_PER_SECOND) - (total < 0);
    return function_give(value_from_str(timestamp_to_str(time, call->arena)), out);
}

/* As in Terraform, timestamps that are only compared are parsed leniently. */
static bool date_compared(FunctionCall *call, size_t i, Timestamp *out, Str *error) {
    call->failed_argument = i;
    return timestamp_parse_lenient(function_text(call, i), out, error, call->arena);
}

static bool date_timecmp(FunctionCall *call, Value *out, Str *error) {
    Timestamp a;
    Timestamp b;
    if (!date_compared(call, 0, &a, error) || !date_compared(call, 1, &b, error))
        return false;
    int order = (a.seconds > b.seconds) - (a.seconds < b.seconds);
    if (!order)
        order = (a.nanoseconds > b.nanoseconds) - (a.nanoseconds < b.nanoseconds);
    return function_give(value_int_of(order, NUMBER_PRECISION_INT), out);
}

static bool date_timestamp(FunctionCall *call, Value *out, Str *) {
    const Scope *scope = call->scope;
    if (scope && scope->is_planning)
        return function_give(function_unknown(call, &TYPE_STRING), out);
    bool has_clock = scope && scope->io && scope->io->clock;
    int64_t now =
        has_clock ? scope->io->clock->now_ms(scope->io->clock->self) : (int64_t)time(NULL) * 1000;
    return function_give(value_from_str(clock_format_rfc3339(now, call->arena)), out);
}

static bool date_plantimestamp(FunctionCall *call, Value *out, Str *error) {
    (void)error;
    if (call->scope && call->scope->now_ms)
        return function_give(value_from_str(clock_format_rfc3339(call->scope->now_ms, call->arena)),
                             out);
    return date_timestamp(call, out, error);
}

/* clang-format off */
static const Function date_functions[] = {
    {
        .name = "formatdate",
        PARAMETERS({"format", &TYPE_STRING}, {"time", &TYPE_STRING}),
        .type = &TYPE_STRING,
        .run = date_formatdate,
        .description = "The timestamp in another format: YYYY MM DD hh mm ss ZZZZ and so on.",
        .example = "formatdate(\"DD MMM YYYY\", \"2018-01-02T23:12:01Z\") = \"02 Jan 2018\"",
    },
    {
        .name = "plantimestamp",
        .type = &TYPE_STRING,
        .run = date_plantimestamp,
        .description = "The time of the plan, the same during plan and apply.",
        .example = "length(plantimestamp()) = 20",
    },
    {
        .name = "timeadd", .blames_call = true, .can_be_null = true,
        PARAMETERS({"timestamp", &TYPE_STRING},
                   {"duration", &TYPE_STRING, 0, "Duration such as \"1h30m\" or \"-10s\"."}),
        .type = &TYPE_STRING,
        .run = date_timeadd,
        .description = "The timestamp plus a duration such as 1h30m.",
        .example = "timeadd(\"2017-11-22T00:00:00Z\", \"10m\") = \"2017-11-22T00:10:00Z\"",
    },
    {
        .name = "timecmp",
        PARAMETERS({"timestamp_a", &TYPE_STRING}, {"timestamp_b", &TYPE_STRING}),
        .type = &TYPE_NUMBER,
        .run = date_timecmp,
        .description = "-1, 0 or 1, if the first time is before, equal to or after the second.",
        .example = "timecmp(\"2017-11-22T00:00:00Z\", \"2017-11-22T01:00:00+01:00\") = 0",
    },
    {
        .name = "timestamp",
        .type = &TYPE_STRING,
        .run = date_timestamp,
        .description = "The time of the call, in UTC.",
        .example = "length(timestamp()) = 20",
    },
};
/* clang-format on */

const FunctionFamily functions_date = {date_functions, ARRAY_COUNT(date_functions)};
