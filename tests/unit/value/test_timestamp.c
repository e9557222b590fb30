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

UNIT_MAIN(test_timestamp) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_timestamp)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
