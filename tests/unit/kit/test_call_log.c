/* call_log: secrets of a call are in no line, whatever stands around them. */
#include "call_log.h"

#include "unit.h"

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

static StrVec secrets_of(const char *const *texts, size_t count, Arena *arena) {
    StrVec secrets = {0};
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &secrets, str_from_cstr(texts[i]));
    return secrets;
}

static void lines_are_scrubbed(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const object[] = {"hunter", "hunter22", "7"};
    static const char *const provider[] = {"tok-en", ""};
    StrVec own = secrets_of(object, ARRAY_COUNT(object), arena);
    StrVec shared = secrets_of(provider, ARRAY_COUNT(provider), arena);
    Call call = {
        .arena = arena, .address = STR("x.y"), .secrets = &own, .provider_secrets = &shared};
    char path[] = "/tmp/loam-test-call-log-XXXXXX";
    int made = mkstemp(path);
    assert_true(made >= 0);
    close(made);
    assert_true(log_set_path(path));
    call_log(&call, LOG_DEBUG, "silent=%d", 1);
    log_set_level(LOG_DEBUG);
    call_log(&call, LOG_DEBUG, "a=%s", "hunter22hunter");
    call_log(&call, LOG_DEBUG, "b=%s c=\"%s\" d=%d e=%d", "xtok-enx", "two\ntok-en", 7, 1772);
    call_log(&call, LOG_TRACE, "too=much");
    Call plain = {.arena = arena, .address = STR("z")};
    call_log(&plain, LOG_DEBUG, "f=7");
    log_set_level(LOG_OFF);
    Str text = read_whole(path, arena);
    unlink(path);
    const char *const wanted[] = {
        " level=debug provider: x.y: a=(sensitive value)(sensitive value)\n",
        " b=x(sensitive value)x c=\"two\\n(sensitive value)\" d=(sensitive value) e=1772\n",
        " level=debug provider: z: f=7\n",
    };
    size_t at = 0;
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        at = str_find(text, str_from_cstr(wanted[i]), at);
        if (at == SIZE_MAX)
            fail_msg("%s\n%.*s", wanted[i], STR_ARG(text));
    }
    assert_int_equal(str_find(text, STR("hunter"), 0), SIZE_MAX);
    assert_int_equal(str_find(text, STR("silent"), 0), SIZE_MAX);
    assert_int_equal(str_find(text, STR("too="), 0), SIZE_MAX);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lines_are_scrubbed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
