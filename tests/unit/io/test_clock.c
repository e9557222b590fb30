/* Times and durations as text; the real clock moves. */
#include "unit.h"

#include "clock.h"

static void rfc3339(void **) {
    static const struct {
        int64_t unix_ms;
        int digits;
        const char *wanted;
    } cases[] = {
        {0, 0, "1970-01-01T00:00:00Z"},
        {1767323045678, 0, "2026-01-02T03:04:05Z"},
        {1767323045678, 3, "2026-01-02T03:04:05.678Z"},
        {1767323045678, 6, "2026-01-02T03:04:05.678000Z"},
        {1767323045678, 9, "2026-01-02T03:04:05.678000000Z"},
        {-1, 3, "1969-12-31T23:59:59.999Z"},
        {951782400000, 0, "2000-02-29T00:00:00Z"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(clock_format_rfc3339_fraction(cases[i].unix_ms, cases[i].digits, arena),
                  cases[i].wanted);
    }
    check_str(clock_format_rfc3339(1767323045678, arena), "2026-01-02T03:04:05Z");
}

static void durations(void **) {
    static const struct {
        const char *text;
        int64_t wanted_ms;
    } cases[] = {
        {"0", 0},
        {"0s", 0},
        {"500ms", 500},
        {"1m30s", 90000},
        {"2h", 7200000},
        {"1.5h", 5400000},
        {".5s", 500},
        {"1.s", 1000},
        {"-1.5s", -1500},
        {"+3s", 3000},
        {"1h2m3s4ms", 3723004},
        {"10us", 1},
        {"1000000ns", 1},
        {"2\xc2\xb5s", 1},
        {"2000\xce\xbcs", 2},
        {"0.1234567890123h", 444445},
        {"2562047h47m16.854s", 9223372036854},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t ms = -7;
        if (!clock_parse_duration(str_from_cstr(cases[i].text), &ms) || ms != cases[i].wanted_ms) {
            print_error("%s: got %lld\n", cases[i].text, (long long)ms);
            fail();
        }
    }
}

static void refused_durations(void **) {
    static const char *const cases[] = {
        "",       "3",    "-",          "+",     ".",    "s",        ".s",
        "1x",     "1 s",  "1s ",        "1h-2m", "--1s", "2562048h", "99999999999999999999s",
        "1.2.3s", "0x1s", "5124095.9h",
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        int64_t ms = -7;
        if (clock_parse_duration(str_from_cstr(cases[i]), &ms))
            fail_msg("%s taken", cases[i]);
        assert_int_equal(ms, -7);
    }
}

static void elapsed(void **) {
    static const struct {
        int64_t ms;
        const char *wanted;
    } cases[] = {
        {0, "0s"}, {-5, "0s"}, {3999, "3s"}, {65000, "1m5s"}, {60000, "1m0s"}, {3605000, "1h0m5s"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(clock_format_elapsed(cases[i].ms, arena), cases[i].wanted);
    }
}

static void real_clock(void **) {
    CancelToken *token = cancel_open();
    int64_t start = clock_real.monotonic_ms(clock_real.self);
    assert_false(clock_real.sleep_ms(clock_real.self, 20, token));
    assert_true(clock_real.monotonic_ms(clock_real.self) - start >= 19);
    assert_false(clock_real.sleep_ms(clock_real.self, -3, NULL));
    cancel_raise(token, CANCEL_STOP);
    assert_true(clock_real.sleep_ms(clock_real.self, 60000, token));
    assert_true(clock_real.now_ms(clock_real.self) > INT64_C(1700000000000));
    cancel_close(token);
}

UNIT_MAIN(test_clock) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc3339),           cmocka_unit_test(durations),
        cmocka_unit_test(refused_durations), cmocka_unit_test(elapsed),
        cmocka_unit_test(real_clock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
