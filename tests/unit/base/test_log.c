/* Levels, one line a message, the file. */
#include "unit.h"

#include "log.h"

#include <fcntl.h>
#include <unistd.h>

static Str read_whole(const char *path, Arena *arena) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    char *bytes = arena_alloc(arena, 4096);
    ssize_t got = read(file, bytes, 4096);
    close(file);
    assert_true(got >= 0);
    return (Str){bytes, (size_t)got};
}

static void writes_what_is_enabled(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    char path[] = "/tmp/loam-test-log-XXXXXX";
    int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    assert_false(log_set_path("/nonexistent/folder/log"));
    assert_true(log_set_path(path));
    assert_false(log_enabled(LOG_ERROR));
    log_write(LOG_ERROR, "silent=%d", 1);
    log_set_level(LOG_DEBUG);
    assert_true(log_enabled(LOG_DEBUG));
    assert_false(log_enabled(LOG_TRACE));
    assert_false(log_enabled(LOG_OFF));
    log_debug("step=%d text=two\nlines", 7);
    log_trace("too=much");
    StrVec secrets = {0};
    vec_push(arena, &secrets, STR("hunter22"));
    log_hide(&secrets);
    log_debug("user=joe password=hunter22 again=hunter22");
    log_hide(NULL);
    log_write(LOG_WARN, "last=1");
    Str text = read_whole(path, arena);
    unlink(path);
    log_set_level(LOG_OFF);
    assert_int_equal(str_find(text, STR("silent"), 0), SIZE_MAX);
    assert_int_equal(str_find(text, STR("too=much"), 0), SIZE_MAX);
    assert_true(str_find(text, STR("Z level=debug step=7 text=two\\nlines\n"), 0) != SIZE_MAX);
    assert_int_equal(str_find(text, STR("hunter22"), 0), SIZE_MAX);
    assert_true(str_find(text, STR("=(sensitive value) again=(sensitive value)\n"), 0) != SIZE_MAX);
    assert_true(str_ends_with(text, STR("Z level=warn last=1\n")));
}

static void secrets_are_replaced(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"",                   ""                                               },
        {"nothing",            "nothing"                                        },
        {"password",           "(sensitive value)"                              },
        {"passwords",          "(sensitive value)s"                             },
        {"password1x",         "(sensitive value)x"                             }, /* the longest */
        {"xpasswordpassword1", "x(sensitive value)(sensitive value)"            },
        {"a=ab b=cab",         "a=(sensitive value) b=cab"                      }, /* short: a word */
        {"ab",                 "(sensitive value)"                              },
        {"\"ab\", abab, ab.",  "\"(sensitive value)\", abab, (sensitive value)."},
        {"passwor",            "passwor"                                        },
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_is_enabled),
        cmocka_unit_test(secrets_are_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
