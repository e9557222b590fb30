/* Retries: retried failures, delays, and the body of a failed attempt. */
#include "http_send.h"
#include "unit.h"

#include "io.h"
#include "plugin.h"

#include <errno.h>
#include <unistd.h>

/* A server of fixed responses, and a clock that only counts. */
typedef struct Play {
    const struct Answer {
        HttpStatus status;
        int code;
        const char *retry_after;
        const char *body;
    } * answers;
    size_t count;
    size_t asked;
    int64_t waits[8];
    size_t wait_count;
    CancelToken *cancel_while_waiting;
} Play;

static HttpStatus attempt(void *self, const HttpRequest *, const HttpSink *sink,
                          HttpResponse *response, Str *problem, Arena *arena) {
    Play *play = self;
    assert_true(play->asked < play->count);
    const struct Answer *answer = &play->answers[play->asked++];
    response->code = answer->code;
    if (answer->retry_after) {
        HttpHeader header = {STR("retry-after"), str_from_cstr(answer->retry_after)};
        vec_push(arena, &response->headers, header);
    }
    if (answer->status != HTTP_DONE)
        *problem = STR("a problem");
    else if (sink->write(sink->payload, str_from_cstr(answer->body)) != 0)
        return HTTP_NOT_KEPT;
    return answer->status;
}

static int64_t now_ms(void *) {
    return INT64_C(1767323045000); /* Fri, 02 Jan 2026 03:04:05 GMT */
}

static bool sleep_ms(void *self, int64_t ms, const CancelToken *) {
    Play *play = self;
    play->waits[play->wait_count++] = ms;
    if (play->cancel_while_waiting)
        cancel_raise(play->cancel_while_waiting, CANCEL_STOP);
    return play->cancel_while_waiting != NULL;
}

typedef struct Case {
    const char *name;
    struct Answer answers[4];
    size_t count;
    uint32_t retries;
    HttpStatus wanted;
    const char *body;
    int64_t waits[3];
} Case;

static const Case cases[] = {
    {.name = "at once",
     .answers = {{HTTP_DONE, 200, NULL, "yes"}},
     .count = 1,
     .retries = 3,
     .body = "yes"},
    {.name = "502, then well",
     .answers = {{HTTP_DONE, 502, NULL, "no"}, {HTTP_DONE, 200, NULL, "yes"}},
     .count = 2,
     .retries = 3,
     .body = "yes",
     .waits = {1000}},
    {.name = "429 with seconds",
     .answers = {{HTTP_DONE, 429, "7", ""}, {HTTP_DONE, 200, NULL, "yes"}},
     .count = 2,
     .retries = 3,
     .body = "yes",
     .waits = {7000}},
    {.name = "503 with a date",
     .answers = {{HTTP_DONE, 503, "Fri, 02 Jan 2026 03:04:09 GMT", ""},
                 {HTTP_DONE, 200, NULL, "yes"}},
     .count = 2,
     .retries = 1,
     .body = "yes",
     .waits = {4000}},
    {.name = "503 with far too long",
     .answers = {{HTTP_DONE, 503, "86400", ""}, {HTTP_DONE, 200, NULL, "yes"}},
     .count = 2,
     .retries = 1,
     .body = "yes",
     .waits = {30000}},
    {.name = "503 with nonsense",
     .answers = {{HTTP_DONE, 503, "soon", ""}, {HTTP_DONE, 200, NULL, "yes"}},
     .count = 2,
     .retries = 1,
     .body = "yes",
     .waits = {1000}},
    {.name = "twice as long each time",
     .answers = {{HTTP_LOST, 0, NULL, ""},
                 {HTTP_NO_CONNECTION, 0, NULL, ""},
                 {HTTP_TIMED_OUT, 0, NULL, ""},
                 {HTTP_DONE, 200, NULL, "yes"}},
     .count = 4,
     .retries = 3,
     .body = "yes",
     .waits = {1000, 2000, 4000}},
    {.name = "given up",
     .answers = {{HTTP_DONE, 500, NULL, "a"}, {HTTP_DONE, 500, NULL, "b"}},
     .count = 2,
     .retries = 1,
     .body = "b",
     .waits = {1000}},
    {.name = "none wanted", .answers = {{HTTP_DONE, 500, NULL, "a"}}, .count = 1, .body = "a"},
    {.name = "404 stays",
     .answers = {{HTTP_DONE, 404, NULL, "a"}},
     .count = 1,
     .retries = 3,
     .body = "a"},
    {.name = "501 stays",
     .answers = {{HTTP_DONE, 501, NULL, "a"}},
     .count = 1,
     .retries = 3,
     .body = "a"},
    {.name = "a bad certificate stays",
     .answers = {{HTTP_BAD_CERTIFICATE, 0, NULL, ""}},
     .count = 1,
     .retries = 3,
     .wanted = HTTP_BAD_CERTIFICATE},
};

static Io io_of(Play *play, Http *http, Clock *clock) {
    *http = (Http){play, attempt};
    *clock = (Clock){.self = play, .now_ms = now_ms, .sleep_ms = sleep_ms};
    return (Io){.disk = &disk_real, .clock = clock, .http = http};
}

static void retries(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Play play = {.answers = cases[i].answers, .count = cases[i].count};
        Http http;
        Clock clock;
        Io io = io_of(&play, &http, &clock);
        HttpRequest request = {.url = STR("https://h/"), .retries = cases[i].retries};
        HttpResponse response;
        Str problem;
        print_message("%s\n", cases[i].name);
        assert_int_equal(http_send(&io, &request, &response, &problem, arena), cases[i].wanted);
        assert_int_equal(play.asked, cases[i].count);
        assert_memory_equal(play.waits, cases[i].waits, sizeof cases[i].waits);
        check_str(response.body, cases[i].body ? cases[i].body : "");
        assert_int_equal(problem.len > 0, cases[i].wanted != HTTP_DONE);
    }
}

/* The output of a failed attempt is discarded. */
static void downloads(void **) {
    static const struct Answer answers[] = {{HTTP_DONE, 503, NULL, "a long excuse"},
                                            {HTTP_DONE, 200, NULL, "yes"}};
    char directory[] = "/tmp/loam-http-XXXXXX";
    SCOPED(ArenaRef) arena = arena_open("test");
    Play play = {.answers = answers, .count = 2};
    Http http;
    Clock clock;
    Io io = io_of(&play, &http, &clock);
    HttpRequest request = {.url = STR("https://h/"), .retries = 1};
    HttpResponse response;
    Str problem;
    Str content;
    assert_non_null(mkdtemp(directory));
    Str path = str_format(arena, "%s/file", directory);
    assert_int_equal(http_send_to_file(&io, &request, path, &response, &problem, arena), HTTP_DONE);
    assert_int_equal(disk_real.read_file(NULL, path, &content, arena), 0);
    check_str(content, "yes");
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(directory)), 0);
    assert_int_equal(http_send_to_file(&io, &request, path, &response, &problem, arena),
                     HTTP_NOT_KEPT);
    assert_true(problem.len > 0);
}

static void cancelled(void **) {
    static const struct Answer answers[] = {{HTTP_DONE, 503, NULL, ""}};
    SCOPED(ArenaRef) arena = arena_open("test");
    CancelToken *cancel = cancel_open();
    Play play = {.answers = answers, .count = 1, .cancel_while_waiting = cancel};
    Http http;
    Clock clock;
    Io io = io_of(&play, &http, &clock);
    HttpRequest request = {.url = STR("https://h/"), .retries = 5, .cancel = cancel};
    HttpResponse response;
    Str problem;
    assert_int_equal(http_send(&io, &request, &response, &problem, arena), HTTP_CANCELLED);
    assert_int_equal(play.asked, 1);
    cancel_close(cancel);
}

/* A header is one line, or no request is sent. */
static void headers(void **) {
    static const struct {
        const char *name, *value;
        bool is_good;
    } rows[] = {
        {"X-Name", "a b\tc, d;e=\"f\" \xc3\xa9", true},
        {"x_!#$%&'*+.^`|~", "", true},
        {"", "a", false},
        {"a b", "a", false},
        {"a:", "a", false},
        {"a\r\nb", "a", false},
        {"\xc3\xa9", "a", false},
        {"a", "b\n", false},
        {"a", "b\r\nX: y", false},
        {"a", "b\n c", false},
        {"a", "\x01", false},
        {"a", "\x7f", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        static const struct Answer answer = {HTTP_DONE, 200, NULL, "yes"};
        SCOPED(ArenaRef) arena = arena_open("test");
        Play play = {.answers = &answer, .count = 1};
        Http http;
        Clock clock;
        Io io = io_of(&play, &http, &clock);
        HttpRequest request = {.url = STR("https://h/"), .retries = 3};
        HttpResponse response;
        Str problem;
        http_add_header(&request.headers, rows[i].name, str_from_cstr(rows[i].value), arena);
        assert_int_equal(http_send(&io, &request, &response, &problem, arena),
                         rows[i].is_good ? HTTP_DONE : HTTP_REFUSED_URL);
        assert_int_equal(play.asked, rows[i].is_good);
        assert_int_equal(play.wait_count, 0);
        assert_int_equal(problem.len == 0, rows[i].is_good);
    }
}

#define HIDDEN "(sensitive value)"

/* The body of a failure that repeats the request has no credentials, unless they are wanted. */
static void repeated(void **) {
    static const struct {
        const char *name, *value, *body, *wanted;
        int code;
        bool wants_repeated;
    } rows[] = {
        {"Authorization", "Bearer abcdef12", "got Bearer abcdef12!", "got " HIDDEN "!", 403, false},
        {"Authorization", "Bearer abcdef12", "got abcdef12!", "got " HIDDEN "!", 500, false},
        {"X-Consul-Token", "abcdef12", "abcdef12,abcdef12", HIDDEN "," HIDDEN, 400, false},
        {"x-ms-encryption-key", "abcdef12", "abcdef12", HIDDEN, 404, false},
        {"Accept", "abcdef12", "abcdef12", "abcdef12", 403, false},
        {"X-Token", "abc", "abc of the abc", "abc of the abc", 403, false},
        {"X-Token", "abcdef12", "abcdef12", "abcdef12", 200, false},
        {"X-Token", "abcdef12", "abcdef12", "abcdef12", 403, true},
        {"Accept", "", "GET /?sig=ab%2Bcdefg or ab+cdefg", "GET /?sig=" HIDDEN " or " HIDDEN, 403,
         false},
        {"Accept", "", "u s3cret-p dTpzM2NyZXQtcA==", "u " HIDDEN " " HIDDEN, 401, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const struct Answer answer = {HTTP_DONE, rows[i].code, NULL, rows[i].body};
        Play play = {.answers = &answer, .count = 1};
        Http http;
        Clock clock;
        Io io = io_of(&play, &http, &clock);
        HttpRequest request = {.url = STR("https://h/?sig=ab%2Bcdefg&key=GET"),
                               .user = STR("u"),
                               .password = STR("s3cret-p"),
                               .wants_repeated = rows[i].wants_repeated};
        HttpResponse response;
        Str problem;
        http_add_header(&request.headers, rows[i].name, str_from_cstr(rows[i].value), arena);
        assert_int_equal(http_send(&io, &request, &response, &problem, arena), HTTP_DONE);
        check_str(response.body, rows[i].wanted);
    }
}

static void no_module(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Io io = io_real();
    plugin_set_directory(STR("/nowhere"));
    HttpRequest request = {.url = STR("https://localhost/"), .retries = 5};
    HttpResponse response;
    Str problem;
    assert_int_equal(http_send(&io, &request, &response, &problem, arena), HTTP_NO_CLIENT);
    assert_true(str_find(problem, STR("/nowhere/" HTTP_PLUGIN), 0) != SIZE_MAX);
}

UNIT_MAIN(test_http) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries), cmocka_unit_test(downloads), cmocka_unit_test(cancelled),
        cmocka_unit_test(headers), cmocka_unit_test(repeated),  cmocka_unit_test(no_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
