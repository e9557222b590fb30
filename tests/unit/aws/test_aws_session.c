/* Signed requests with credentials that last a quarter of an hour, over hours; expired tokens. */
#include "aws_case.h"

#define ROLE_MS (INT64_C(900) * 1000)
#define EXPIRED "<Error><Code>ExpiredToken</Code></Error>"

/* A token service whose keys K1, K2 … last 15 minutes, and a store that knows when they end. */
typedef struct Realm {
    AwsCase test;
    int issued;
    int64_t ends_ms;  /* of the newest keys */
    int rejected;     /* the number of keys that the store rejects, although they are valid */
    int expired_seen; /* requests with keys that have ended */
    Http http;
} Realm;

static HttpStatus realm_answer(const HttpSink *sink, HttpResponse *response, int code, Str body) {
    response->code = code;
    assert_int_equal(sink->write(sink->payload, body), 0);
    return HTTP_DONE;
}

static HttpStatus realm_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                HttpResponse *response, Str *, Arena *arena) {
    Realm *realm = self;
    Str shown = aws_case_shown(request, arena);
    if (str_find(shown, STR("sts.eu-test-1"), 0) != SIZE_MAX) {
        realm->ends_ms = realm->test.now_ms + ROLE_MS;
        Str end = clock_format_rfc3339(realm->ends_ms, arena);
        Str body = str_format(arena,
                              "<R><Credentials><AccessKeyId>K%d</AccessKeyId><SecretAccessKey>s"
                              "</SecretAccessKey><SessionToken>t</SessionToken><Expiration>%.*s"
                              "</Expiration></Credentials></R>",
                              ++realm->issued, STR_ARG(end));
        return realm_answer(sink, response, 200, body);
    }
    Str newest = str_format(arena, "Credential=K%d/", realm->issued);
    check_contains(shown, newest);
    if (realm->test.now_ms >= realm->ends_ms)
        realm->expired_seen++;
    bool is_bad = realm->issued <= realm->rejected;
    return realm_answer(sink, response, is_bad ? 400 : 200, is_bad ? STR(EXPIRED) : STR("ok"));
}

static AwsSession *realm_open(Realm *realm, Arena *arena) {
    AwsOptions options = {
        .access_key = STR("A"), .secret_key = STR("s"), .region = STR("eu-test-1")};
    vec_push(arena, &options.roles, (AwsRole){.arn = STR("arn:r")});
    *realm = (Realm){0};
    aws_case_init(&realm->test, arena);
    realm->http = (Http){realm, realm_attempt};
    realm->test.io.http = &realm->http;
    return aws_session_open(&realm->test.io, &options, arena);
}

static int realm_send(AwsSession *session, Arena *arena) {
    HttpRequest request = {.url = STR("https://store.test/x")};
    AwsCall call = {"s3", STR("eu-test-1"), &request};
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    assert_int_equal(aws_session_send(session, &call, &response, &problem, arena), HTTP_DONE);
    assert_int_equal(request.headers.count, 0);
    return response.code;
}

/* Three hours with a request each 30 seconds: no request has keys that have ended. */
static void long_apply(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Realm realm;
    AwsSession *session = realm_open(&realm, arena);
    for (int i = 0; i < 3 * 60 * 2; i++) {
        assert_int_equal(realm_send(session, arena), 200);
        realm.test.now_ms += 30000;
    }
    assert_int_equal(realm.expired_seen, 0);
    assert_int_equal(realm.issued, 18); /* one each 10 minutes */
    aws_session_close(session);
}

static void rejected_once(void **) {
    static const struct {
        int rejected;
        int code;
        int issued;
    } rows[] = {{0, 200, 1}, {1, 200, 2}, {9, 400, 2}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Realm realm;
        AwsSession *session = realm_open(&realm, arena);
        realm.rejected = rows[i].rejected;
        assert_int_equal(realm_send(session, arena), rows[i].code);
        assert_int_equal(realm.issued, rows[i].issued);
        aws_session_close(session);
    }
}

static void accounts(void **) {
    static const struct {
        const char *allowed;
        const char *forbidden;
        const char *problem;
    } rows[] = {
        {"12", NULL, ""},
        {"13", NULL, "which allowed_account_ids does not name"},
        {NULL, "13", ""},
        {NULL, "12", "which forbidden_account_ids names"},
    };
    static const AwsAnswer answers[] = {
        {"POST https://sts.other.amazonaws.com/ + Action=GetCallerIdentity + "
         "Credential=A/20300101/other/sts",
         200, "<R><GetCallerIdentityResult><Account>12</Account></GetCallerIdentityResult></R>"},
        {0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        AwsCase test;
        AwsOptions options = {.access_key = STR("A"),
                              .secret_key = STR("s"),
                              .sts_region = STR("other"),
                              .region = STR("eu-test-1")};
        Str problem = STR_EMPTY;
        aws_case_init(&test, arena);
        test.answers = answers;
        if (rows[i].allowed)
            vec_push(arena, &options.allowed_accounts, str_from_cstr(rows[i].allowed));
        if (rows[i].forbidden)
            vec_push(arena, &options.forbidden_accounts, str_from_cstr(rows[i].forbidden));
        AwsSession *session = aws_session_open(&test.io, &options, arena);
        assert_int_equal(aws_session_check_account(session, NULL, &problem, arena),
                         rows[i].problem[0] == 0);
        check_contains(problem, str_from_cstr(rows[i].problem));
        aws_session_close(session);
    }
}

UNIT_MAIN(test_aws_session) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_apply),
        cmocka_unit_test(rejected_once),
        cmocka_unit_test(accounts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
