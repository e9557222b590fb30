/* Implements the real clock, and formats times and durations. */
#include "clock.h"

#define NS_PER_MS UINT64_C(1000000)

static int64_t read_clock_ms(clockid_t which) {
    struct timespec now;
    clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / (int64_t)NS_PER_MS;
}

static int64_t real_now_ms(void *) {
    return read_clock_ms(CLOCK_REALTIME);
}

static int64_t real_monotonic_ms(void *) {
    return read_clock_ms(CLOCK_BOOTTIME);
}

static bool real_sleep_ms(void *, int64_t ms, const CancelToken *cancel) {
    return cancel_wait(cancel, ms > 0 ? (uint64_t)ms : 0);
}

const Clock clock_real = {
    .now_ms = real_now_ms,
    .monotonic_ms = real_monotonic_ms,
    .sleep_ms = real_sleep_ms,
};

Str clock_format_rfc3339(int64_t unix_ms, Arena *arena) {
    return clock_format_rfc3339_fraction(unix_ms, 0, arena);
}

Str clock_format_rfc3339_fraction(int64_t unix_ms, int digits, Arena *arena) {
    int64_t ms = unix_ms % 1000;
    if (ms < 0)
        ms += 1000;
    time_t seconds = (time_t)((unix_ms - ms) / 1000);
    struct tm parts = {0};
    CHECK(gmtime_r(&seconds, &parts));
    StrBuf buf = strbuf_new(arena);
    strbuf_add_format(&buf, "%04d-%02d-%02d", parts.tm_year + 1900, parts.tm_mon + 1,
                      parts.tm_mday);
    strbuf_add_format(&buf, "T%02d:%02d:%02d", parts.tm_hour, parts.tm_min, parts.tm_sec);
    if (digits > 0) {
        strbuf_add_format(&buf, ".%03d", (int)ms);
        if (digits > 3)
            strbuf_add_repeat(&buf, '0', (size_t)digits - 3);
    }
    strbuf_add_char(&buf, 'Z');
    return strbuf_str(&buf);
}

typedef struct DurationUnit {
    Str name;
    uint64_t ns;
} DurationUnit;

/* A unit must come before any unit that is its prefix. */
static const DurationUnit duration_units[] = {
    {STR_CONST("ns"), 1},
    {STR_CONST("us"), 1000},
    {STR_CONST("\xc2\xb5s"), 1000}, /* micro sign */
    {STR_CONST("\xce\xbcs"), 1000}, /* Greek mu */
    {STR_CONST("ms"), NS_PER_MS},
    {STR_CONST("s"), 1000 * NS_PER_MS},
    {STR_CONST("m"), 60000 * NS_PER_MS},
    {STR_CONST("h"), 3600000 * NS_PER_MS},
};

static Str clock_read_digits(Str *rest) {
    size_t count = str_skip_digits(*rest, 0);
    Str digits = str_slice(*rest, 0, count);
    *rest = str_after(*rest, count);
    return digits;
}

static const DurationUnit *clock_read_unit(Str *rest) {
    for (size_t i = 0; i < ARRAY_COUNT(duration_units); i++) {
        if (!str_starts_with(*rest, duration_units[i].name))
            continue;
        *rest = str_after(*rest, duration_units[i].name.len);
        return &duration_units[i];
    }
    return NULL;
}

/* Parses one part such as "1.5h" from the front and adds it to `*total_ns`. */
static bool clock_read_part(Str *rest, uint64_t *total_ns) {
    Str whole = clock_read_digits(rest);
    Str fraction = STR_EMPTY;
    if (str_starts_with(*rest, STR("."))) {
        *rest = str_after(*rest, 1);
        fraction = clock_read_digits(rest);
    }
    if (whole.len + fraction.len == 0)
        return false;
    const DurationUnit *unit = clock_read_unit(rest);
    uint64_t ns = 0;
    if (!unit || (whole.len && !str_to_uint64(whole, &ns)))
        return false;
    /* A value up to INT64_MAX leaves room for the fraction in uint64_t. */
    if (__builtin_mul_overflow(ns, unit->ns, &ns) || ns > INT64_MAX)
        return false;
    uint64_t place = unit->ns;
    for (size_t i = 0; i < fraction.len; i++) {
        place /= 10;
        ns += (uint64_t)(fraction.ptr[i] - '0') * place;
    }
    return !__builtin_add_overflow(*total_ns, ns, total_ns) && *total_ns <= INT64_MAX;
}

bool clock_parse_duration_ns(Str text, int64_t *out_ns) {
    bool negative = str_starts_with(text, STR("-"));
    Str rest = negative || str_starts_with(text, STR("+")) ? str_after(text, 1) : text;
    if (rest.len == 0)
        return false;
    uint64_t ns = 0;
    if (!str_equal(rest, STR("0"))) {
        while (rest.len) {
            if (!clock_read_part(&rest, &ns))
                return false;
        }
    }
    *out_ns = negative ? -(int64_t)ns : (int64_t)ns;
    return true;
}

/* Rounds away from zero, so that a short time does not become 0 ("no limit"). */
bool clock_parse_duration(Str text, int64_t *out_ms) {
    int64_t ns;
    if (!clock_parse_duration_ns(text, &ns))
        return false;
    int64_t ms = ns / (int64_t)NS_PER_MS;
    if (ns % (int64_t)NS_PER_MS != 0)
        ms += ns < 0 ? -1 : 1;
    *out_ms = ms;
    return true;
}

Str clock_format_elapsed(int64_t ms, Arena *arena) {
    int64_t seconds = ms > 0 ? ms / 1000 : 0;
    long long s = seconds % 60;
    long long m = seconds / 60 % 60;
    long long h = seconds / 3600;
    if (h)
        return str_format(arena, "%lldh%lldm%llds", h, m, s);
    if (m)
        return str_format(arena, "%lldm%llds", m, s);
    return str_format(arena, "%llds", s);
}
