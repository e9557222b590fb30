/* Timestamps parsed, and formatted in their own time zone. */
#include "unit.h"

#include "timestamp.h"

typedef struct TimestampCase {
    const char *text;
    const char *outcome; /* the same time in UTC seconds, or a part of the error */
    int64_t seconds;
} TimestampCase;

static void test_timestamp(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const TimestampCase cases[] = {
        {"1969-12-31T23:59:58Z", NULL, -2},
        {"2000-02-29T05:30:00+05:30", NULL, 951782400},
        {"2001-02-29T00:00:00Z", "day out of range", 0},
        {"2001-13-01T00:00:00Z", "as month", 0},
        {"2001-01-01T00:00:00", "end of string before UTC offset", 0},
        {"2001-01-01 00:00:00Z", "missing required time introducer", 0},
        {"2001-01", "end of string where \"-\" is expected", 0},
        {"2001x01-01T00:00:00Z", "found \"x01-01T00:00:00Z\" where \"-\" is expected", 0},
        {"2001-01-01T00:00:00Zx", "extra text after the timestamp", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const TimestampCase *c = &cases[i];
        Timestamp time;
        Str error;
        bool is_good = timestamp_parse(str_from_cstr(c->text), &time, &error, arena);
        if (is_good != !c->outcome ||
            (is_good ? time.seconds != c->seconds
                     : str_find(error, str_from_cstr(c->outcome), 0) == SIZE_MAX))
            fail_msg("%s", c->text);
        if (is_good)
            check_str(timestamp_to_str(time, arena), c->text);
    }
}

static int month_length(int64_t year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && is_leap ? 29 : lengths[month - 1];
}

/* Each month has its length, in each kind of year. */
static void test_ends_of_months(void **) {
    static const int years[] = {1900, 2000, 2023, 2024, 2100};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(years); i++) {
        for (int month = 1; month <= 12; month++) {
            for (int day = 0; day <= 32; day++) {
                Timestamp time;
                Str error,
                    text = str_format(arena, "%04d-%02d-%02dT23:59:59Z", years[i], month, day);
                bool is_good = day >= 1 && day <= month_length(years[i], month);
                if (timestamp_parse(text, &time, &error, arena) != is_good)
                    fail_msg("%.*s", STR_ARG(text));
                if (is_good)
                    check_str_equal(timestamp_to_str(time, arena), text);
            }
        }
    }
}

/* A text that is cut anywhere is no timestamp, whatever follows its end in memory. */
static void test_cut_texts(void **) {
    static const char *const texts[] = {"2000-02-29T05:30:00Z", "2000-02-29T05:30:00.25Z",
                                        "2000-02-29T05:30:00+05:30",
                                        "2000-02-29T05:30:00.123456789-11:59"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Str whole = str_from_cstr(texts[i]), error;
        Timestamp time;
        assert_true(timestamp_parse(whole, &time, &error, arena));
        assert_true(timestamp_parse_lenient(whole, &time, &error, arena));
        for (size_t len = 0; len < whole.len; len++) {
            Str cut = str_slice(whole, 0, len);
            if (timestamp_parse(cut, &time, &error, arena) ||
                timestamp_parse_lenient(cut, &time, &error, arena))
                fail_msg("%.*s", STR_ARG(cut));
            assert_true(error.len > 0);
        }
    }
}

/* Counts every day of two eras, from a day that is a multiple of 400 years before 2000. */
static void test_calendar(void **) {
    static const struct {
        int64_t year, days; /* since 1970 at its first day, a Saturday */
        int years;
    } ranges[] = {{-400, INT64_C(10957) - 6 * INT64_C(146097), 3}, {1600, -135140, 802}};
    for (size_t i = 0; i < ARRAY_COUNT(ranges); i++) {
        int64_t day = ranges[i].days;
        int weekday = 6;
        for (int64_t year = ranges[i].year; year < ranges[i].year + ranges[i].years; year++) {
            int of_year = 1;
            for (int month = 1; month <= 12; month++) {
                for (int of_month = 1; of_month <= month_length(year, month); of_month++) {
                    Timestamp time = {.seconds = day * 86400 + 86399};
                    TimestampFields f = timestamp_fields(time);
                    assert_int_equal(f.year, year);
                    assert_int_equal(f.month, month);
                    assert_int_equal(f.day, of_month);
                    assert_int_equal(f.weekday, weekday);
                    assert_int_equal(timestamp_year_day(time), of_year);
                    day++;
                    of_year++;
                    weekday = (weekday + 1) % 7;
                }
            }
        }
    }
}

/* Each time of day in several zones, before and after 1970. */
static void test_fields(void **) {
    static const struct {
        int64_t seconds;
        int32_t offset;
        const char *text;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {-1, 0, "1969-12-31T23:59:59Z"},
        {-86400, 0, "1969-12-31T00:00:00Z"},
        {-86401, 0, "1969-12-30T23:59:59Z"},
        {86399, 0, "1970-01-01T23:59:59Z"},
        {86399, 1, "1970-01-02T00:00:59+00:01"},
        {3599, -1, "1970-01-01T00:58:59-00:01"},
        {0, -90, "1969-12-31T22:30:00-01:30"},
        {0, 1439, "1970-01-01T23:59:00+23:59"},
        {3661, 60, "1970-01-01T02:01:01+01:00"},
        {-62167219200, 0, "0000-01-01T00:00:00Z"},
        {-62167219201, 0, "-0001-12-31T23:59:59Z"},
        {253402300800, 0, "10000-01-01T00:00:00Z"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Timestamp time = {.seconds = cases[i].seconds, .offset_minutes = cases[i].offset};
        check_str(timestamp_to_str(time, arena), cases[i].text);
    }
}

static void test_add_date(void **) {
    static const struct {
        const char *from;
        int64_t years, months, days;
        const char *to;
    } cases[] = {
        {"2024-01-31T01:02:03Z", 0, 0, 0, "2024-01-31T01:02:03Z"},
        {"2024-01-31T01:02:03Z", 0, 1, 0, "2024-03-02T01:02:03Z"},
        {"2023-01-31T00:00:00Z", 0, 1, 0, "2023-03-03T00:00:00Z"},
        {"2024-02-29T00:00:00Z", 1, 0, 0, "2025-03-01T00:00:00Z"},
        {"2024-03-31T00:00:00Z", 0, 0, -31, "2024-02-29T00:00:00Z"},
        {"2024-01-15T00:00:00Z", 0, -1, 0, "2023-12-15T00:00:00Z"},
        {"2024-12-15T00:00:00Z", 0, 1, 0, "2025-01-15T00:00:00Z"},
        {"2024-06-15T00:00:00Z", 0, -18, 0, "2022-12-15T00:00:00Z"},
        {"2024-06-15T00:00:00Z", -1, 30, 1, "2025-12-16T00:00:00Z"},
        {"2024-01-15T00:00:00Z", 0, -12, 0, "2023-01-15T00:00:00Z"},
        {"2024-01-01T00:30:00+01:00", 0, 0, 1, "2024-01-02T00:30:00+01:00"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Timestamp time;
        Str error;
        assert_true(timestamp_parse(str_from_cstr(cases[i].from), &time, &error, arena));
        time = timestamp_add_date(time, cases[i].years, cases[i].months, cases[i].days);
        check_str(timestamp_to_str(time, arena), cases[i].to);
    }
}

/* Every day of 400 years, after which the calendar repeats. */
static void test_every_day(void **) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    Timestamp time = {.seconds = -11676096000}; /* 1600-01-01 */
    int64_t year = 1600;
    int month = 1, day = 1, year_day = 1;
    for (int i = 0; i < 146097; i++, time.seconds += 86400) {
        TimestampFields f = timestamp_fields(time);
        if (f.year != year || f.month != month || f.day != day || f.weekday != (i + 6) % 7 ||
            timestamp_year_day(time) != year_day)
            fail_msg("%d-%d-%d", (int)year, month, day);
        bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
        day++, year_day++;
        if (day > lengths[month - 1] + (month == 2 && is_leap))
            month++, day = 1;
        if (month > 12)
            year++, month = 1, year_day = 1;
    }
    assert_int_equal(year, 2000);
}

/* Any number of months from any month, forward and back. */
static void test_every_month(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (int from = 0; from < 12; from++) {
        for (int months = -60; months <= 60; months++) {
            Timestamp time;
            Str error, text = str_format(arena, "2024-%02d-15T00:00:00Z", from + 1);
            assert_true(timestamp_parse(text, &time, &error, arena));
            int wanted = 2024 * 12 + from + months;
            TimestampFields f = timestamp_fields(timestamp_add_date(time, 0, months, 0));
            assert_int_equal(f.year, wanted / 12);
            assert_int_equal(f.month, wanted % 12 + 1);
            assert_int_equal(f.day, 15);
        }
    }
}

/* A text with any one byte missing at its end, or damaged, is no timestamp. The bytes have no end,
 * so that the sanitizer sees a read behind them. */
static void test_damaged(void **) {
    static const char *const texts[] = {
        "1970-01-01T00:00:00Z",
        "2006-11-12T13:14:15.25+01:30",
        "2006-11-12T13:14:15-10:20",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        size_t size = strlen(texts[i]);
        for (size_t at = 0; at < 2 * size; at++) {
            size_t left = at < size ? at : size;
            char *bytes = malloc(left + 1);
            memcpy(bytes + 1, texts[i], left);
            if (at >= size)
                bytes[1 + at - size] = 'x';
            Str text = {bytes + 1, left}, error;
            Timestamp time;
            if (timestamp_parse(text, &time, &error, arena) ||
                timestamp_parse_lenient(text, &time, &error, arena))
                fail_msg("%.*s", STR_ARG(text));
            free(bytes);
        }
    }
}

/* What the strict and the lenient reader say of each part. */
static void test_parts(void **) {
    static const struct {
        const char *text;
        const char *strict;  /* the end of the error; NULL: none */
        const char *lenient; /* the same; "": as the strict one */
        int64_t seconds;
        int32_t nanoseconds;
    } cases[] = {
        {"1970-01-01T00:00:00Z", NULL, "", 0, 0},
        {"1970-01-01T23:59:59Z", NULL, "", 86399, 0},
        {"1970-01-01T10:20:30.5Z", NULL, "", 37230, 500000000},
        {"1970-01-01T00:00:00.123456789Z", NULL, "", 0, 123456789},
        {"1970-01-01T00:00:00.0000000019Z", NULL, "", 0, 1},
        {"1970-01-01T00:00:00,25Z", "cannot use \",25Z\" as UTC offset", NULL, 0, 250000000},
        {"1970-01-01T00:00:00.Z", "cannot use \".Z\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00.", "cannot use \".\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00.5", "end of string before UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00.50", "end of string before UTC offset", "", 0, 0},
        {"1970-01-01T1:00:00Z", "hour must have exactly two digits", NULL, 3600, 0},
        {"1970-01-01T1", "cannot use \"1\" as hour", "", 0, 0},
        {"1970-01-01T:00:00Z", "cannot use \":00:00Z\" as hour", "", 0, 0},
        {"1970-01-01T24:00:00Z", "hour must be between 0 and 23 inclusive", "", 0, 0},
        {"1970-01-01T00:60:00Z", "cannot use \":00Z\" as minute", "", 0, 0},
        {"1970-01-01T00:00:60Z", "cannot use \"Z\" as second", "", 0, 0},
        {"1970-01-01T00:0", "cannot use \"0\" as minute", "", 0, 0},
        {"1970-01-01T00:00", "end of string where \":\" is expected", "", 0, 0},
        {"1970-01-01T00:00:0", "cannot use \"0\" as second", "", 0, 0},
        {"1970-00-01T00:00:00Z", "cannot use \"-01T00:00:00Z\" as month", "", 0, 0},
        {"1970-12-31T00:00:00Z", NULL, "", (int64_t)364 * 86400, 0},
        {"1970-01-00T00:00:00Z", "day out of range", "", 0, 0},
        {"1970-01-32T00:00:00Z", "day out of range", "", 0, 0},
        {"1972-02-29T00:00:00Z", NULL, "", (int64_t)789 * 86400, 0},
        {"1970-02-29T00:00:00Z", "day out of range", "", 0, 0},
        {"1900-02-29T00:00:00Z", "day out of range", "", 0, 0},
        {"197-01-01T00:00:00Z", "cannot use \"197-01-01T00:00:00Z\" as year", "", 0, 0},
        {"1970-1-01T00:00:00Z", "cannot use \"1-01T00:00:00Z\" as month", "", 0, 0},
        {"1970-01-1T00:00:00Z", "cannot use \"1T00:00:00Z\" as day of month", "", 0, 0},
        {"", "end of string before year", "", 0, 0},
        {"1970-01-01t00:00:00Z", "missing required time introducer 'T'", "", 0, 0},
        {"1970-01-01T00:00:00+01:02", NULL, "", -3720, 0},
        {"1970-01-01T00:00:00-12:34", NULL, "", 45240, 0},
        {"1970-01-01T00:00:00+23:59", NULL, "", -86340, 0},
        {"1970-01-01T00:00:00+24:00", "cannot use \"+24:00\" as UTC offset", NULL, -86400, 0},
        {"1970-01-01T00:00:00+25:00", "cannot use \"+25:00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00-00:60", "cannot use \"-00:60\" as UTC offset", NULL, 3600, 0},
        {"1970-01-01T00:00:00-00:61", "cannot use \"-00:61\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+1:00", "cannot use \"+1:00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+01.00", "cannot use \"+01.00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+x1:00", "cannot use \"+x1:00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+0x:00", "cannot use \"+0x:00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+01:x0", "cannot use \"+01:x0\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+01:0x", "cannot use \"+01:0x\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00*01:00", "cannot use \"*01:00\" as UTC offset", "", 0, 0},
        {"1970-01-01T00:00:00+01:000", "extra text after the timestamp", "", 0, 0},
        {"1970-01-01T00:00:00z", "cannot use \"z\" as UTC offset", "", 0, 0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases) * 2; i++) {
        bool is_lenient = i % 2;
        Str text = str_from_cstr(cases[i / 2].text), error = STR_EMPTY;
        const char *wanted = cases[i / 2].strict, *lenient = cases[i / 2].lenient;
        if (is_lenient && !(lenient && !*lenient))
            wanted = lenient;
        Timestamp time;
        bool is_good = is_lenient ? timestamp_parse_lenient(text, &time, &error, arena)
                                  : timestamp_parse(text, &time, &error, arena);
        if (is_good != !wanted)
            fail_msg("%.*s: %.*s", STR_ARG(text), STR_ARG(error));
        if (wanted) {
            check_str_equal(error, str_format(arena, "not a valid RFC3339 timestamp: %s", wanted));
            continue;
        }
        if (time.seconds != cases[i / 2].seconds || time.nanoseconds != cases[i / 2].nanoseconds)
            fail_msg("%.*s: %lld %d", STR_ARG(text), (long long)time.seconds, time.nanoseconds);
    }
}

UNIT_MAIN(test_timestamp) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_texts),   cmocka_unit_test(test_ends_of_months),
        cmocka_unit_test(test_timestamp),   cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_fields),      cmocka_unit_test(test_add_date),
        cmocka_unit_test(test_every_day),   cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_every_month), cmocka_unit_test(test_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
