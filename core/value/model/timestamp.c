/* timestamp: calendar arithmetic on days since 1970, and a strict RFC 3339 reader. */
#include "timestamp.h"

#include "str_quote.h"

typedef struct TimestampReader {
    Str rest;
    bool is_lenient;
    Str *error;
    Arena *arena;
} TimestampReader;

/* Returns the days since 1970-01-01 of a Gregorian date. Eras of 400 years begin in March. */
static int64_t days_from_date(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void date_from_days(int64_t days, TimestampFields *out) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t years = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * years + years / 4 - years / 100);
    int64_t month = (5 * of_year + 2) / 153;
    out->day = (int)(of_year - (153 * month + 2) / 5 + 1);
    out->month = (int)(month < 10 ? month + 3 : month - 9);
    out->year = years + era * 400 + (out->month <= 2);
}

static int days_in_month(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

TimestampFields timestamp_fields(Timestamp time) {
    TimestampFields fields = {0};
    int64_t local = time.seconds + (int64_t)time.offset_minutes * 60;
    int64_t days = local / 86400 - (local % 86400 < 0);
    int64_t second = local - days * 86400;
    date_from_days(days, &fields);
    fields.hour = (int)(second / 3600);
    fields.minute = (int)(second / 60 % 60);
    fields.second = (int)(second % 60);
    fields.weekday = (int)(((days + 4) % 7 + 7) % 7);
    return fields;
}

Str timestamp_to_str(Timestamp time, Arena *arena) {
    TimestampFields f = timestamp_fields(time);
    StrBuf buf = strbuf_new(arena);
    int offset = time.offset_minutes < 0 ? -time.offset_minutes : time.offset_minutes;
    strbuf_add_format(&buf, "%s%04lld-%02d-%02dT%02d:%02d:%02d", f.year < 0 ? "-" : "",
                      (long long)(f.year < 0 ? -f.year : f.year), f.month, f.day, f.hour, f.minute,
                      f.second);
    if (offset == 0)
        strbuf_add_char(&buf, 'Z');
    else
        strbuf_add_format(&buf, "%c%02d:%02d", time.offset_minutes < 0 ? '-' : '+', offset / 60,
                          offset % 60);
    return strbuf_str(&buf);
}

Timestamp timestamp_add_date(Timestamp time, int64_t years, int64_t months, int64_t days) {
    TimestampFields f = timestamp_fields(time);
    int64_t month = f.month - 1 + months;
    int64_t carry = month / 12 - (month % 12 < 0);
    month -= carry * 12;
    int64_t before = days_from_date(f.year, f.month, f.day);
    int64_t after = days_from_date(f.year + years + carry, (int)month + 1, 1) + f.day - 1 + days;
    time.seconds += (after - before) * 86400;
    return time;
}

int timestamp_year_day(Timestamp time) {
    TimestampFields f = timestamp_fields(time);
    return (int)(days_from_date(f.year, f.month, f.day) - days_from_date(f.year, 1, 1) + 1);
}

static bool timestamp_fail(TimestampReader *reader, Str what) {
    *reader->error =
        str_format(reader->arena, "not a valid RFC3339 timestamp: %.*s", STR_ARG(what));
    return false;
}

static bool timestamp_unusable(TimestampReader *reader, Str text, const char *what) {
    if (!text.len)
        return timestamp_fail(reader, str_format(reader->arena, "end of string before %s", what));
    Str quoted = str_quote(text, reader->arena);
    return timestamp_fail(
        reader, str_format(reader->arena, "cannot use %.*s as %s", STR_ARG(quoted), what));
}

static bool timestamp_digits(TimestampReader *reader, size_t count, int *out, const char *what) {
    Str rest = reader->rest;
    *out = 0;
    for (size_t i = 0; i < count; i++) {
        bool is_digit = i < rest.len && isdigit((unsigned char)rest.ptr[i]);
        if (!is_digit)
            return timestamp_unusable(reader, rest, what);
        *out = *out * 10 + (rest.ptr[i] - '0');
    }
    reader->rest = str_after(rest, count);
    return true;
}

static bool timestamp_separator(TimestampReader *reader, const char *separator) {
    Str rest = reader->rest;
    if (str_starts_with(rest, str_from_cstr(separator))) {
        reader->rest = str_after(rest, 1);
        return true;
    }
    if (*separator == 'T')
        return timestamp_fail(reader, STR("missing required time introducer 'T'"));
    if (!rest.len)
        return timestamp_fail(
            reader, str_format(reader->arena, "end of string where \"%s\" is expected", separator));
    Str quoted = str_quote(rest, reader->arena);
    return timestamp_fail(reader, str_format(reader->arena, "found %.*s where \"%s\" is expected",
                                             STR_ARG(quoted), separator));
}

static bool timestamp_in_range(TimestampReader *reader, int number, int low, int high,
                               const char *what) {
    return (number >= low && number <= high) || timestamp_unusable(reader, reader->rest, what);
}

static bool timestamp_date(TimestampReader *reader, TimestampFields *out) {
    int year;
    bool is_good = timestamp_digits(reader, 4, &year, "year") && timestamp_separator(reader, "-") &&
                   timestamp_digits(reader, 2, &out->month, "month") &&
                   timestamp_in_range(reader, out->month, 1, 12, "month") &&
                   timestamp_separator(reader, "-") &&
                   timestamp_digits(reader, 2, &out->day, "day of month");
    out->year = year;
    return is_good;
}

static bool timestamp_time(TimestampReader *reader, TimestampFields *out) {
    Str rest = reader->rest;
    bool is_short = rest.len > 1 && isdigit((unsigned char)rest.ptr[0]) && rest.ptr[1] == ':';
    if (is_short && !reader->is_lenient)
        return timestamp_fail(reader, STR("hour must have exactly two digits"));
    if (!timestamp_digits(reader, is_short ? 1 : 2, &out->hour, "hour"))
        return false;
    if (out->hour > 23)
        return timestamp_fail(reader, STR("hour must be between 0 and 23 inclusive"));
    return timestamp_separator(reader, ":") &&
           timestamp_digits(reader, 2, &out->minute, "minute") &&
           timestamp_in_range(reader, out->minute, 0, 59, "minute") &&
           timestamp_separator(reader, ":") &&
           timestamp_digits(reader, 2, &out->second, "second") &&
           timestamp_in_range(reader, out->second, 0, 59, "second");
}

static void timestamp_fraction(TimestampReader *reader, Timestamp *out) {
    int32_t unit = 100000000;
    Str rest = reader->rest;
    bool has_mark = rest.len && (rest.ptr[0] == '.' || (rest.ptr[0] == ',' && reader->is_lenient));
    if (rest.len < 2 || !has_mark || !isdigit((unsigned char)rest.ptr[1]))
        return;
    size_t i = 1;
    for (; i < rest.len && isdigit((unsigned char)rest.ptr[i]); i++) {
        out->nanoseconds += (rest.ptr[i] - '0') * unit;
        unit /= 10;
    }
    reader->rest = str_after(rest, i);
}

static bool timestamp_zone(TimestampReader *reader, Timestamp *out) {
    Str rest = reader->rest;
    int hours = 0;
    int minutes = 0;
    if (str_starts_with(rest, STR("Z"))) {
        reader->rest = str_after(rest, 1);
    } else {
        bool has_form = rest.len >= 6 && (rest.ptr[0] == '+' || rest.ptr[0] == '-') &&
                        rest.ptr[3] == ':' && isdigit((unsigned char)rest.ptr[1]) &&
                        isdigit((unsigned char)rest.ptr[2]) &&
                        isdigit((unsigned char)rest.ptr[4]) && isdigit((unsigned char)rest.ptr[5]);
        if (has_form) {
            hours = (rest.ptr[1] - '0') * 10 + rest.ptr[2] - '0';
            minutes = (rest.ptr[4] - '0') * 10 + rest.ptr[5] - '0';
        }
        bool is_beyond =
            hours > (reader->is_lenient ? 24 : 23) || minutes > (reader->is_lenient ? 60 : 59);
        if (!has_form || is_beyond)
            return timestamp_unusable(reader, rest, "UTC offset");
        out->offset_minutes = (hours * 60 + minutes) * (rest.ptr[0] == '-' ? -1 : 1);
        reader->rest = str_after(rest, 6);
    }
    if (!reader->rest.len)
        return true;
    return timestamp_fail(reader, STR("extra text after the timestamp"));
}

static bool timestamp_read(TimestampReader reader, Timestamp *out) {
    TimestampFields fields = {0};
    Timestamp time = {0};
    if (!timestamp_date(&reader, &fields) || !timestamp_separator(&reader, "T") ||
        !timestamp_time(&reader, &fields))
        return false;
    timestamp_fraction(&reader, &time);
    if (!timestamp_zone(&reader, &time))
        return false;
    if (fields.day < 1 || fields.day > days_in_month(fields.year, fields.month))
        return timestamp_fail(&reader, STR("day out of range"));
    time.seconds = days_from_date(fields.year, fields.month, fields.day) * 86400 +
                   fields.hour * INT64_C(3600) + fields.minute * INT64_C(60) + fields.second -
                   (int64_t)time.offset_minutes * 60;
    *out = time;
    return true;
}

bool timestamp_parse(Str text, Timestamp *out, Str *error, Arena *arena) {
    return timestamp_read((TimestampReader){.rest = text, .error = error, .arena = arena}, out);
}

bool timestamp_parse_lenient(Str text, Timestamp *out, Str *error, Arena *arena) {
    TimestampReader reader = {.rest = text, .is_lenient = true, .error = error, .arena = arena};
    return timestamp_read(reader, out);
}
