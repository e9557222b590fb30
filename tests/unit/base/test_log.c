/* Levels, one line per event in both formats, the file, the context, secrets. */
#include "unit.h"

#include "log.h"

#include <fcntl.h>
#include <unistd.h>

static char log_path[] = "/tmp/loam-test-log-XXXXXX";

static int open_log(void **) {
    int made = mkstemp(log_path);
    assert_true(made >= 0);
    close(made);
    assert_true(log_set_path(log_path));
    return 0;
}

static int close_log(void **) {
    return unlink(log_path);
}

/* Returns the lines since the last call, each without its time. */
static Str written(Arena *arena) {
    log_set_level(LOG_OFF);
    int file = open(log_path, O_RDWR | O_CLOEXEC);
    assert_true(file >= 0);
    char *bytes = arena_alloc(arena, 4096);
    ssize_t got = read(file, bytes, 4096);
    assert_true(got >= 0 && ftruncate(file, 0) == 0);
    close(file);
    Str text = {bytes, (size_t)got};
    StrBuf out = strbuf_new(arena);
    while (text.len > 0) {
        size_t end = str_find_char(text, '\n', 0);
        assert_true(end != SIZE_MAX);
        Str line = str_slice(text, 0, end + 1);
        size_t time = str_find(line, STR("Z level="), 0);
        strbuf_add(&out, time == SIZE_MAX ? line : str_after(line, time + 2));
        text = str_after(text, end + 1);
    }
    return strbuf_str(&out);
}

static void levels(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    int evaluated = 0;
    assert_false(log_set_path("/nonexistent/directory/log"));
    assert_false(log_enabled(LOG_ERROR));
    log_debug("silent", log_number("n", ++evaluated));
    assert_int_equal(evaluated, 0);
    assert_int_equal(log_clock_ms(), 0);
    log_set_level(LOG_DEBUG);
    assert_true(log_enabled(LOG_DEBUG));
    assert_false(log_enabled(LOG_TRACE));
    assert_false(log_enabled(LOG_OFF));
    assert_true(log_clock_ms() > 0);
    log_trace("too much");
    log_debug("no fields");
    log_event(LOG_WARN, "last", log_number("n", -1));
    check_str(written(arena), "level=debug no fields\nlevel=warn last n=-1\n");
}

static void texts_are_quoted(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"plain/path.tf", "plain/path.tf"},
        {"two words", "\"two words\""},
        {"a=b", "\"a=b\""},
        {"two\nlines", "\"two\\nlines\""},
        {"\"\\", "\"\\\"\\\\\""},
        {"\x1b[2J", "\"\\u001b[2J\""},
        {"\xff", "\"\\ufffd\""},
        {"\xe2\x80\xae"
         "x",
         "\"\\u202ex\""},
        {"\xc3\xa4", "\"\xc3\xa4\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        log_set_level(LOG_DEBUG);
        log_debug("event", log_cstr("text", cases[i].text));
        Str wanted = str_format(arena, "level=debug event text=%s\n", cases[i].wanted);
        check_str(written(arena), str_to_cstr(wanted, arena));
    }
}

static void json_lines(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    log_set_format(LOG_FORMAT_JSON);
    log_set_level(LOG_TRACE);
    log_trace("event", log_cstr("text", "a \"b\""), log_number("n", 7), log_cstr("none", NULL));
    Str line = written(arena);
    log_set_format(LOG_FORMAT_TEXT);
    assert_true(str_starts_with(
        line, STR("{\"@level\":\"trace\",\"@message\":\"event\",\"@timestamp\":\"2")));
    assert_true(str_ends_with(line, STR("Z\",\"text\":\"a \\\"b\\\"\",\"n\":7}\n")));
}

static void the_context_counts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {"hunter", "hunter22", "7", "tok-en", "", "global"};
    StrVec secrets[3] = {0};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        vec_push(arena, &secrets[i / 3 + i / 5], str_from_cstr(texts[i]));
    log_hide(&secrets[2]);
    LogContext before = log_swap_context((LogContext){STR("x.y"), &secrets[0], &secrets[1]});
    log_set_level(LOG_DEBUG);
    log_debug("a", log_cstr("a", "hunter22hunter"), log_cstr("b", "two\ntok-en"));
    log_debug("b", log_number("port", 7), log_number("other", 1772), log_cstr("c", "-global-"));
    assert_true(str_equal(log_swap_context(before).address, STR("x.y")));
    log_debug("c", log_cstr("a", "hunter22"), log_cstr("b", "global"));
    log_hide(NULL);
    log_debug("d", log_cstr("b", "global"));
    check_str(written(arena), "level=debug a address=x.y a=\"(sensitive value)(sensitive value)\" "
                              "b=\"two\\n(sensitive value)\"\n"
                              "level=debug b address=x.y port=\"(sensitive value)\" other=1772 "
                              "c=\"-(sensitive value)-\"\n"
                              "level=debug c a=hunter22 b=\"(sensitive value)\"\n"
                              "level=debug d b=global\n");
}

static void secrets_are_replaced(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"", ""},
        {"nothing", "nothing"},
        {"password", "(sensitive value)"},
        {"passwords", "(sensitive value)s"},
        {"password1x", "(sensitive value)x"}, /* the longest */
        {"xpasswordpassword1", "x(sensitive value)(sensitive value)"},
        {"a=ab b=cab", "a=(sensitive value) b=cab"}, /* short: only as a whole word */
        {"ab", "(sensitive value)"},
        {"\"ab\", abab, ab.", "\"(sensitive value)\", abab, (sensitive value)."},
        {"passwor", "passwor"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec secrets = {0};
    vec_push(arena, &secrets, STR("password"));
    vec_push(arena, &secrets, STR("password1"));
    vec_push(arena, &secrets, STR("ab"));
    vec_push(arena, &secrets, STR_EMPTY);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(log_scrub(str_from_cstr(cases[i].text), &secrets, arena), cases[i].wanted);
}

/* The secrets of the whole run and those of the thread's work. */
static void known_secrets_are_replaced(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec run = {0}, call = {0}, other = {0};
    vec_push(arena, &run, STR("global"));
    vec_push(arena, &call, STR("hunter22"));
    vec_push(arena, &other, STR("s3cret"));
    Str text = STR("global hunter22 s3cret plain");
    check_str(log_scrub_known(text, arena), "global hunter22 s3cret plain");
    log_hide(&run);
    LogContext outer = log_swap_context((LogContext){.secrets = &call, .other_secrets = &other});
    check_str(log_scrub_known(text, arena),
              "(sensitive value) (sensitive value) (sensitive value) plain");
    (void)log_swap_context(outer);
    check_str(log_scrub_known(text, arena), "(sensitive value) hunter22 s3cret plain");
    log_hide(NULL);
}

UNIT_MAIN(test_log) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),
        cmocka_unit_test(texts_are_quoted),
        cmocka_unit_test(json_lines),
        cmocka_unit_test(the_context_counts),
        cmocka_unit_test(secrets_are_replaced),
        cmocka_unit_test(known_secrets_are_replaced),
    };
    return cmocka_run_group_tests(tests, open_log, close_log);
}
