/* Each source of credentials, their order, and the rules of profiles. */
#include "aws_case.h"
#include "aws_chain.h"

#define STS "POST https://sts.eu-test-1.amazonaws.com/ + "
#define END "2030-01-01T01:00:00Z"
#define STATIC                                                                                     \
    "[base]\naws_access_key_id = BASE\naws_secret_access_key = secret-BASE\n"                      \
    "[self]\naws_access_key_id = SELF\naws_secret_access_key = secret-SELF\n"                      \
    "role_arn = arn:self\nsource_profile = self\nexternal_id = e&x\nduration_seconds = 900\n"

typedef struct ChainRow {
    const char *name;
    const char *variables[6];
    const char *config; /* text of ~/.aws/config */
    AwsOptions options;
    AwsAnswer answers[5];
    const char *result; /* the access key, or a part of the error */
} ChainRow;

#define OPTION_KEYS .access_key = STR_CONST("OPTION"), .secret_key = STR_CONST("secret-OPTION")
#define BARE                                                                                       \
    { .profile = STR_CONST("") }
#define PROFILE(text) .profile = STR_CONST(text)
#define POD           "AWS_WEB_IDENTITY_TOKEN_FILE=/pod/token", "AWS_ROLE_ARN=arn:pod"
#define ENV           "AWS_ACCESS_KEY_ID=ENV", "AWS_SECRET_ACCESS_KEY=secret-ENV"
#define MACHINE       "http://169.254.169.254/latest/"
#define ROLES         MACHINE "meta-data/iam/security-credentials/"
#define FULL          "AWS_CONTAINER_CREDENTIALS_FULL_URI="
#define PORTAL                                                                                     \
    "GET https://portal.sso.r1.amazonaws.com/federation/"                                          \
    "credentials?role_name=Reader&account_id=12 + x-amz-sso_bearer_token: "
#define PORTAL_KEYS                                                                                \
    "{\"roleCredentials\":{\"accessKeyId\":\"SSO\",\"secretAccessKey\":\"s\",\"sessionToken\":"    \
    "\"t\",\"expiration\":1893459600000}}"
#define SSO_ROLE "sso_account_id = 12\nsso_role_name = Reader\n"

static const ChainRow rows[] = {
    /* The order of the sources. */
    {"options", {ENV, POD}, STATIC, {OPTION_KEYS, PROFILE("base")}, {{0}}, "OPTION"},
    {"profile", {ENV, POD}, STATIC, {PROFILE("base")}, {{0}}, "BASE"},
    {"environment", {ENV, POD}, "[default]\naws_access_key_id=x\n", BARE, {{0}}, "ENV"},
    {"pod",
     {POD, "AWS_PROFILE=base"},
     STATIC,
     BARE,
     {{STS "Action=AssumeRoleWithWebIdentity + RoleArn=arn%3Apod + WebIdentityToken=pod%2Btoken",
       200, STS_KEYS("POD", END)}},
     "POD"},
    {"variable", {"AWS_PROFILE=base", FULL "http://127.0.0.1/x"}, STATIC, BARE, {{0}}, "BASE"},
    {"container",
     {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x", FULL "http://127.0.0.1/x"},
     "",
     BARE,
     {{"GET http://169.254.170.2/v2/x", 200, JSON_KEYS("ECS")}},
     "ECS"},
    {"pod identity",
     {FULL "http://169.254.170.23/v1/credentials",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/pod/token"},
     "",
     BARE,
     {{"GET http://169.254.170.23/v1/credentials + authorization: pod+token", 200,
       JSON_KEYS("EKS")}},
     "EKS"},
    {"container token",
     {FULL "https://any.example/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN=Basic 1"},
     "",
     BARE,
     {{"GET https://any.example/x + authorization: Basic 1", 200, JSON_KEYS("FULL")}},
     "FULL"},
    {"machine",
     {NULL},
     "",
     BARE,
     {{"PUT " MACHINE "api/token + x-aws-ec2-metadata-token-ttl-seconds: 21600", 200, "T1"},
      {"GET " ROLES "\n + x-aws-ec2-metadata-token: T1", 200, "worker\n"},
      {"GET " ROLES "worker + x-aws-ec2-metadata-token: T1", 200, JSON_KEYS("EC2")}},
     "EC2"},
    {"machine with a rejected token",
     {"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:1/"},
     "",
     BARE,
     {{"PUT http://127.0.0.1:1/latest/api/token", 200, "T1"},
      {"GET ", 401, ""},
      {"PUT ", 200, "T2"},
      {"GET  + token: T2", 200, "worker"},
      {"GET  + /worker", 200, JSON_KEYS("EC2")}},
     "EC2"},
    {"machine by IPv6",
     {NULL},
     "",
     {.metadata_by_ipv6 = true},
     {{"PUT http://[fd00:ec2::254]/latest/api/token", 404, ""}},
     "gives no keys (http://[fd00:ec2::254]/latest/api/token: HTTP status 404)"},
    /* A source that is configured but fails ends the search. */
    {"no machine",
     {NULL},
     "",
     BARE,
     {{"PUT ", 0, NULL}, {"PUT ", 0, NULL}},
     "no access key was found. Set access_key"},
    {"no machine is asked",
     {"AWS_EC2_METADATA_DISABLED=true"},
     "",
     BARE,
     {{0}},
     "no access key was found"},
    {"the block forbids to ask",
     {NULL},
     "",
     {.skip_metadata = true},
     {{0}},
     "no access key was found"},
    {"pod without role",
     {"AWS_WEB_IDENTITY_TOKEN_FILE=/pod/token"},
     "",
     BARE,
     {{0}},
     "but AWS_ROLE_ARN is not"},
    {"pod with an open service",
     {POD, "AWS_ENDPOINT_URL_STS=http://sts.example/"},
     "",
     BARE,
     {{0}},
     "token service must be an https address"},
    {"pod without token",
     {"AWS_WEB_IDENTITY_TOKEN_FILE=/no", "AWS_ROLE_ARN=a"},
     "",
     BARE,
     {{0}},
     "\"/no\" cannot be read"},
    {"pod rejected",
     {POD},
     "",
     BARE,
     {{STS, 403,
       "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not you.</Message></Error>"
       "</ErrorResponse>"}},
     "the role \"arn:pod\" cannot be assumed: the security token service failed with HTTP status "
     "403 AccessDenied (Not you)"},
    {"unsafe container",
     {FULL "http://example.com/x"},
     "",
     BARE,
     {{0}},
     "must be an https address"},
    {"unsafe name", {FULL "http://127.evil.com/x"}, "", BARE, {{0}}, "must be an https address"},
    {"absent profile", {"AWS_PROFILE=none"}, STATIC, BARE, {{0}}, "files have no profile \"none\""},
    {"chosen profile", {ENV}, STATIC, {PROFILE("none")}, {{0}}, "files have no profile \"none\""},
    /* Profiles. */
    {"role of a profile",
     {NULL},
     STATIC "[profile p]\nrole_arn = arn:p\nsource_profile = q\nrole_session_name = me\n"
            "[profile q]\nrole_arn = arn:q\nsource_profile = base\n",
     {PROFILE("p")},
     {{STS "RoleArn=arn%3Aq + Credential=BASE/20300101/eu-test-1/sts", 200, STS_KEYS("Q", END)},
      {STS "RoleArn=arn%3Ap&RoleSessionName=me + Credential=Q/ + x-amz-security-token: token-Q",
       200, STS_KEYS("P", END)}},
     "P"},
    {"profile that names itself",
     {NULL},
     STATIC,
     {PROFILE("self")},
     {{STS "ExternalId=e%26x&DurationSeconds=900 + Credential=SELF/", 200, STS_KEYS("S", END)}},
     "S"},
    {"itself without keys",
     {NULL},
     "[profile p]\nrole_arn=a\nsource_profile=p\n",
     {PROFILE("p")},
     {{0}},
     "which has no keys"},
    {"circle",
     {NULL},
     "[profile p]\nrole_arn=a\nsource_profile=q\n[profile q]\nrole_arn=a\nsource_profile=p\n",
     {PROFILE("p")},
     {{0}},
     "leads in a circle from the profile \"q\" to \"p\""},
    {"absent source",
     {NULL},
     "[profile p]\nrole_arn=a\nsource_profile=q\n",
     {PROFILE("p")},
     {{0}},
     "no profile \"q\""},
    {"environment of a profile",
     {ENV},
     "[profile p]\nrole_arn = arn:p\ncredential_source = Environment\n",
     {PROFILE("p")},
     {{STS "Credential=ENV/", 200, STS_KEYS("P", END)}},
     "P"},
    {"no environment",
     {NULL},
     "[profile p]\ncredential_source=Environment\n",
     {PROFILE("p")},
     {{0}},
     "are not both set"},
    {"container of a profile",
     {NULL},
     "[profile p]\ncredential_source=EcsContainer\n",
     {PROFILE("p")},
     {{0}},
     "_FULL_URI is set"},
    {"other source",
     {NULL},
     "[profile p]\ncredential_source=Moon\n",
     {PROFILE("p")},
     {{0}},
     "\"Moon\" is none of"},
    {"token of a profile",
     {NULL},
     "[profile p]\nrole_arn = arn:p\nweb_identity_token_file = /pod/token\n",
     {PROFILE("p")},
     {{STS "WebIdentityToken=pod%2Btoken", 200, STS_KEYS("P", END)}},
     "P"},
    {"device",
     {NULL},
     STATIC "[profile p]\nrole_arn=a\nsource_profile=base\nmfa_serial=m\n",
     {PROFILE("p")},
     {{0}},
     "aws sts get-session-token"},
    {"login session",
     {NULL},
     "[profile p]\nlogin_session=a\n",
     {PROFILE("p")},
     {{0}},
     "aws configure export-credentials"},
    {"program",
     {NULL},
     "[profile p]\ncredential_process = echo '" JSON_KEYS("RUN") "'\n",
     {PROFILE("p")},
     {{0}},
     "RUN"},
    {"failing program",
     {NULL},
     "[profile p]\ncredential_process = echo secret-out; echo why >&2; exit 3\n",
     {PROFILE("p")},
     {{0}},
     "ended with status 3 and said: why"},
    {"program of another version",
     {NULL},
     "[profile p]\ncredential_process = echo '{\"Version\": 2}'\n",
     {PROFILE("p")},
     {{0}},
     "with Version 1"},
    /* Single sign-on. */
    {"sso",
     {NULL},
     "[profile p]\nsso_session = s\n" SSO_ROLE "[sso-session s]\nsso_start_url = https://u\n"
     "sso_region = r1\n",
     {PROFILE("p")},
     {{PORTAL "ACCESS", 200, PORTAL_KEYS}},
     "SSO"},
    {"older sso",
     {NULL},
     "[profile p]\nsso_start_url = https://old\nsso_region = r1\n" SSO_ROLE,
     {PROFILE("p")},
     {{PORTAL "OLDER", 200, PORTAL_KEYS}},
     "SSO"},
    {"renewed login",
     {NULL},
     "[profile p]\nsso_session = t\n" SSO_ROLE "[sso-session t]\nsso_start_url = https://u\n"
     "sso_region = r1\n",
     {PROFILE("p")},
     {{"POST https://oidc.r1.amazonaws.com/token + "
       "{\"grantType\":\"refresh_token\",\"clientId\":\"c\",\"clientSecret\":\"cs\","
       "\"refreshToken\":\"R1\"}",
       200, "{\"accessToken\":\"NEW\",\"expiresIn\":3600,\"refreshToken\":\"R2\"}"},
      {PORTAL "NEW", 200, PORTAL_KEYS}},
     "SSO"},
    {"expired login",
     {NULL},
     "[profile p]\nsso_session = t\n" SSO_ROLE "[sso-session t]\nsso_start_url = https://u\n"
     "sso_region = r1\n",
     {PROFILE("p")},
     {{"POST ", 400, "{\"error\":\"invalid_grant\"}"}},
     "Run \"aws sso login --profile p\""},
    {"no login",
     {NULL},
     "[profile p]\nsso_start_url = https://u\nsso_region = r1\n" SSO_ROLE,
     {PROFILE("p")},
     {{0}},
     "there is no login by single sign-on. Run \"aws sso login --profile p\""},
    {"rejected login",
     {NULL},
     "[profile p]\nsso_start_url = https://old\nsso_region = r1\n" SSO_ROLE,
     {PROFILE("p")},
     {{PORTAL, 403, "{}"}},
     "the role \"Reader\" of the account 12: HTTP status 403. Run \"aws sso login"},
    {"sso without role",
     {NULL},
     "[profile p]\nsso_start_url=https://u\nsso_region=r1\n",
     {PROFILE("p")},
     {{0}},
     "lacks one of sso_start_url"},
    {"sso without section",
     {NULL},
     "[profile p]\nsso_session=none\n",
     {PROFILE("p")},
     {{0}},
     "\"sso-session none\""},
};

static void write_files(AwsCase *test, const ChainRow *row) {
    aws_case_write(test, "/home/u/.aws/config", row->config);
    aws_case_write(test, "/home/u/.aws/credentials", STATIC);
    aws_case_write(test, "/pod/token", "pod+token\n");
    /* Names are SHA-1 digests of "s", "t" and "https://old". */
    aws_case_write(test, "/home/u/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json",
                   "{\"accessToken\":\"ACCESS\",\"expiresAt\":\"2030-01-01T00:00:01Z\"}");
    aws_case_write(test, "/home/u/.aws/sso/cache/8efd86fb78a56a5145ed7739dcb00c78581c5375.json",
                   "{\"startUrl\":\"https://u\",\"accessToken\":\"A\",\"expiresAt\":"
                   "\"2029-12-31T23:59:59Z\",\"clientId\":\"c\",\"clientSecret\":\"cs\","
                   "\"refreshToken\":\"R1\"}");
    aws_case_write(test, "/home/u/.aws/sso/cache/3dbfcfb8178f8ce8f73712c57098fc9f2cb54d8c.json",
                   "{\"accessToken\":\"OLDER\",\"expiresAt\":\"2030-01-01T00:00:01Z\"}");
}

static bool run_row(AwsCase *test, const ChainRow *row, AwsKeys *keys, Str *problem) {
    static const char *variables[8] = {"HOME=/home/u"};
    memcpy(variables + 1, row->variables, sizeof row->variables);
    aws_case_init(test, test->arena);
    test->variables = variables;
    test->answers = row->answers;
    write_files(test, row);
    AwsLookup lookup = {&test->io, &row->options, STR("eu-test-1"), NULL};
    return aws_chain_find(&lookup, keys, problem, test->arena);
}

static size_t count_answers(const ChainRow *row) {
    size_t count = 0;
    while (count < ARRAY_COUNT(row->answers) && row->answers[count].request)
        count++;
    return count;
}

static void sources(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        AwsCase test = {.arena = arena};
        AwsKeys keys = {0};
        Str problem = STR_EMPTY;
        print_message("%s\n", rows[i].name);
        bool ok = run_row(&test, &rows[i], &keys, &problem);
        check_contains(ok ? keys.access_key : problem, str_from_cstr(rows[i].result));
        assert_int_equal(test.next, count_answers(&rows[i]));
        check_str(str_slice(problem, 0, ok ? SIZE_MAX : 0), "");
        assert_true(str_find(problem, STR("secret-"), 0) == SIZE_MAX);
    }
}

/* The file of a renewed login keeps its other members. */
static void login_is_rewritten(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    AwsCase test = {.arena = arena};
    AwsKeys keys;
    Str text, problem;
    const ChainRow *row = rows;
    while (strcmp(row->name, "renewed login") != 0)
        row++;
    assert_true(run_row(&test, row, &keys, &problem));
    assert_int_equal(keys.expires_ms, INT64_C(1893459600000));
    assert_int_equal(test.disk.read_file(test.disk.self,
                                         STR("/home/u/.aws/sso/cache/"
                                             "8efd86fb78a56a5145ed7739dcb00c78581c5375.json"),
                                         &text, arena),
                     0);
    check_str(text, "{\"clientId\":\"c\",\"clientSecret\":\"cs\",\"startUrl\":\"https://u\","
                    "\"accessToken\":\"NEW\",\"expiresAt\":\"2030-01-01T01:00:00Z\","
                    "\"refreshToken\":\"R2\"}");
}

static AwsRole role_of(const char *arn) {
    return (AwsRole){.arn = str_from_cstr(arn)};
}

/* Each role is assumed with the credentials of the one before; all arguments are sent. */
static void role_chain(void **) {
    static const AwsAnswer answers[] = {
        {STS "Action=AssumeRole& + RoleArn=arn%3A1&RoleSessionName=loam-1893456000000 + "
             "Credential=OPTION/",
         200, STS_KEYS("ONE", END)},
        {STS "RoleArn=arn%3A2&RoleSessionName=n&ExternalId=e&SourceIdentity=i&Policy=%7B%7D&"
             "DurationSeconds=900&PolicyArns.member.1.arn=p1&PolicyArns.member.2.arn=p2&"
             "Tags.member.1.Key=k&Tags.member.1.Value=v%20w&TransitiveTagKeys.member.1=k + "
             "Credential=ONE/",
         200, STS_KEYS("TWO", END)},
        {STS "RoleArn=arn%3A3 + Credential=TWO/", 200, STS_KEYS("THREE", END)},
        {0},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    AwsCase test;
    AwsKeys keys;
    Str problem = STR_EMPTY;
    AwsRole second = {.arn = STR("arn:2"),
                      .session_name = STR("n"),
                      .external_id = STR("e"),
                      .source_identity = STR("i"),
                      .policy = STR("{}"),
                      .duration_s = 900};
    AwsOptions options = {OPTION_KEYS};
    vec_push(arena, &second.policy_arns, STR("p1"));
    vec_push(arena, &second.policy_arns, STR("p2"));
    vec_push(arena, &second.tags, (AwsTag){STR("k"), STR("v w")});
    vec_push(arena, &second.transitive_tag_keys, STR("k"));
    vec_push(arena, &options.roles, role_of("arn:1"));
    vec_push(arena, &options.roles, second);
    vec_push(arena, &options.roles, role_of("arn:3"));
    aws_case_init(&test, arena);
    test.answers = answers;
    AwsLookup lookup = {&test.io, &options, STR("eu-test-1"), NULL};
    assert_true(aws_chain_find(&lookup, &keys, &problem, arena));
    check_str(keys.access_key, "THREE");
    check_str(keys.token, "token-THREE");
    assert_int_equal(keys.expires_ms, INT64_C(1893459600000));
}

UNIT_MAIN(test_aws_chain) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sources),
        cmocka_unit_test(login_is_rewritten),
        cmocka_unit_test(role_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
