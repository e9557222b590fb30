/* Retries, renewal after 401, tokens, and the text of errors. */
#include "gcp_case.h"

#include "gcp_api.h"

#define URL "https://api.example/x"
#define METADATA                                                                                   \
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
#define TOKEN(text) "{\"access_token\":\"" text "\",\"expires_in\":3599}"

typedef struct Row {
    const char *token; /* argument; NULL: of the metadata server */
    bool is_single;
    GcpAnswer answers[9];
    int code; /* 0: no response */
    uint32_t attempts;
    const char *reason;
    const char *last; /* the token of the last request */
} Row;

static const Row rows[] = {
    {"t", false, {{URL, 200, "{}"}}, 200, 1, "", "t"},
    {"t", false, {{URL, 408}, {URL, 408}, {URL, 200}}, 200, 3, "", "t"},
    {"t", false, {{URL, 503}, {URL, 408}, {URL, 429}, {URL, 200}}, 200, 4, "", "t"},
    {"t", true, {{URL, 408}}, 408, 1, "HTTP status 408", "t"},
    {"t",
     false,
     {{URL, 408}, {URL, 408}, {URL, 408}, {URL, 408}, {URL, 408}, {URL, 408}},
     408,
     6,
     "HTTP status 408",
     "t"},
    {"t",
     false,
     {{URL, 401}},
     401,
     1,
     "HTTP status 401: the access token is invalid or has expired",
     "t"},
    {NULL,
     false,
     {{METADATA, 200, TOKEN("a"), true}, {URL, 401}, {METADATA, 200, TOKEN("b"), true}, {URL, 200}},
     200,
     2,
     "",
     "b"},
    {NULL,
     false,
     {{METADATA, 200, TOKEN("a"), true}, {URL, 401}, {METADATA, 200, TOKEN("b"), true}, {URL, 401}},
     401,
     2,
     "HTTP status 401: the access token is invalid or has expired",
     "b"},
    {"t",
     false,
     {{URL, 403,
       "{\"error\":{\"code\":403,\"message\":\"Denied.\",\"status\":\"PERMISSION_DENIED\"}}"}},
     403,
     1,
     "HTTP status 403 PERMISSION_DENIED (Denied): the account does not have the required "
     "permission",
     "t"},
    {"t", false, {{URL, 302, "<html>"}}, 302, 1, "HTTP status 302", "t"},
    {"t", false, {{URL, 0}}, 0, 1, "connection refused", "t"},
};

static void answers(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        GcpWorld world;
        Io io = gcp_case_open(&world, NULL, rows[i].answers, arena);
        GcpOptions options = {.access_token = str_from_cstr(rows[i].token), .scope = STR("s")};
        GcpApi api = {.io = &io, .is_single = rows[i].is_single};
        HttpRequest request = {.url = STR(URL)};
        HttpResponse response = {0};
        Str problem = STR_EMPTY;
        assert_true(gcp_access_open(&io, &options, &api.access, &problem, arena));
        bool ok = gcp_api_send(&api, &request, &response, &problem, arena);
        assert_int_equal(ok, rows[i].code != 0);
        if (ok) {
            assert_int_equal(response.code, rows[i].code);
            assert_int_equal(response.attempts, rows[i].attempts);
            problem = response.code == 200 ? STR_EMPTY : gcp_api_reason(&response, arena);
        }
        check_str(problem, rows[i].reason);
        Str header = str_format(arena, "authorization: Bearer %s\n\n\n", rows[i].last);
        assert_true(str_ends_with(strbuf_str(&world.diary), header));
        assert_null(world.answers[world.next].url);
        assert_int_equal(request.headers.count, 0);
        gcp_access_close(api.access);
    }
}

/* A token is sent only over https or to this machine; an emulator gets none. */
static void addresses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const GcpAnswer emulator[] = {{"http://emulator:1/x", 200, ""}, {NULL, 0}};
    GcpWorld world;
    Io io = gcp_case_open(&world, NULL, emulator, arena);
    GcpOptions options = {.access_token = STR("t"), .scope = STR("s")};
    GcpApi api = {.io = &io};
    HttpRequest request = {.url = STR("http://emulator:1/x")};
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    assert_true(gcp_api_send(&api, &request, &response, &problem, arena));
    assert_true(str_find(strbuf_str(&world.diary), STR("authorization"), 0) == SIZE_MAX);
    assert_true(gcp_access_open(&io, &options, &api.access, &problem, arena));
    assert_false(gcp_api_send(&api, &request, &response, &problem, arena));
    check_str(problem, "\"http://emulator:1/x\" would receive a secret without https");
    gcp_access_close(api.access);
}

UNIT_MAIN(test_gcp_api) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
