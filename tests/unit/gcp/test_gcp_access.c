/* The order of credentials, the requests of each kind, impersonation and renewal; refusals. */
#include "gcp_case.h"

#include "gcp_access.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#define STS     "https://sts.googleapis.com/v1/token"
#define OAUTH   "https://oauth2.googleapis.com/token"
#define ACCOUNT "https://iam.example/v1/projects/-/serviceAccounts/a@b.c:generateAccessToken"
#define OTHER                                                                                      \
    "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"                         \
    "x%40y.z:generateAccessToken"
#define METADATA                                                                                   \
    "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token"
#define TOKEN(text) "{\"access_token\":\"" text "\",\"expires_in\":3599,\"token_type\":\"Bearer\"}"
#define OF_ACCOUNT  "{\"accessToken\":\"t2\",\"expireTime\":\"2026-09-21T15:00:00Z\"}"
#define USER                                                                                       \
    "{\"type\":\"authorized_user\",\"client_id\":\"c/1\",\"client_secret\":\"s+1\","               \
    "\"refresh_token\":\"r&1\"}"
#define EXTERNAL(source, more)                                                                     \
    "{\"type\":\"external_account\",\"audience\":\"//iam/x\",\"subject_token_type\":\"jwt\","      \
    "\"token_url\":\"" STS "\",\"credential_source\":" source more "}"
#define KEYS "{\"AccessKeyId\":\"AKIA\",\"SecretAccessKey\":\"secret\",\"Token\":\"session\"}"
#define AWS_SOURCE                                                                                 \
    "{\"environment_id\":\"aws1\",\"region_url\":\"http://169.254.169.254/zone\","                 \
    "\"url\":\"http://169.254.169.254/roles/\","                                                   \
    "\"imdsv2_session_token_url\":\"http://169.254.169.254/session\","                             \
    "\"regional_cred_verification_url\":"                                                          \
    "\"https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15\"}"

typedef struct Row {
    const char *credentials;
    GcpVariable variables[4];
    GcpAnswer answers[6];
    const char *wanted;   /* the token, or a part of the problem */
    const char *parts[8]; /* of the requests */
} Row;

static const Row rows[] = {
    {USER, .answers = {{OAUTH, 200, TOKEN("t1")}}, .wanted = "t1",
     .parts =
         {"POST " OAUTH, "content-type: application/x-www-form-urlencoded",
          "grant_type=refresh_token&refresh_token=r%261&client_id=c%2F1&client_secret=s%2B1\n"}},
    {USER,
     .answers = {{OAUTH, 400,
                  "{\"error\":\"invalid_grant\",\"error_description\":\"r&1 is bad.\"}"}},
     .wanted =
         "no token from \"oauth2.googleapis.com\": HTTP status 400 (invalid_grant: (sensitive "
         "value) is bad)"},
    {USER, .answers = {{OAUTH, 0}},
     .wanted = "no token from \"oauth2.googleapis.com\": connection"},
    {USER, .answers = {{OAUTH, 503}, {OAUTH, 429}, {OAUTH, 200, TOKEN("t1")}}, .wanted = "t1"},
    {USER, .answers = {{OAUTH, 200, "{}"}}, .wanted = "has no access token"},
    {NULL, .answers = {{METADATA, 200, TOKEN("t1"), true}}, .wanted = "t1",
     .parts = {"metadata-flavor: Google"}},
    {NULL, .answers = {{METADATA, 200, TOKEN("t1")}}, .wanted = "is not a metadata server"},
    {NULL, .answers = {{METADATA, 0}}, .wanted = "no credentials are configured, and the metadata"},
    {NULL, .variables = {{"GCE_METADATA_HOST", "127.0.0.1:8080"}},
     .answers =
         {{"http://127.0.0.1:8080/computeMetadata/v1/instance/service-accounts/default/token", 200,
           TOKEN("t1"), true}},
     .wanted = "t1"},
    {NULL, .variables = {{"GCE_METADATA_HOST", "other.example"}}, .wanted = "without https"},
    {EXTERNAL("{\"url\":\"https://issuer.example/token\",\"headers\":{\"X-A\":\"b\"},\"format\":{"
              "\"type\":\"json\",\"subject_token_field_name\":\"id\"}}",
              ",\"client_id\":\"c1\",\"client_secret\":\"s1\""),
     .answers = {{"https://issuer.example/token", 200, "{\"id\":\"sub\"}"},
                 {STS, 200, TOKEN("t1")}},
     .wanted = "t1",
     .parts = {"X-A: b", "user c1", "audience=%2F%2Fiam%2Fx&scope=https%3A%2F%2Fscope",
               "&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token",
               "&subject_token=sub&subject_token_type=jwt\n"}},
    {EXTERNAL("{\"url\":\"https://issuer.example/token\"}",
              ",\"service_account_impersonation_url\":\"" ACCOUNT
              "\",\"service_account_impersonation\":{\"token_lifetime_seconds\":600}"),
     .answers = {{"https://issuer.example/token", 200, "sub\n"},
                 {STS, 200, TOKEN("t1")},
                 {ACCOUNT, 200, OF_ACCOUNT}},
     .wanted = "t2",
     .parts = {"scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform",
               "authorization: Bearer t1",
               "{\"scope\":[\"https://scope\"],\"lifetime\":\"600s\"}"}},
    {EXTERNAL("{\"url\":\"https://issuer.example/token\"}",
              ",\"workforce_pool_user_project\":\"p1\""),
     .answers = {{"https://issuer.example/token", 200, "sub"}, {STS, 200, TOKEN("t1")}},
     .wanted = "t1", .parts = {"&options=%7B%22userProject%22%3A%22p1%22%7D"}},
    {EXTERNAL("{\"url\":\"http://issuer.example/token\"}", ""), .wanted = "without https"},
    {EXTERNAL("{\"file\":\"/none\"}", ""), .wanted = "\"/none\" with the subject token cannot be"},
    {EXTERNAL("{}", ""), .wanted = "without \"file\", \"url\", \"executable\" or"},
    {EXTERNAL("1", ""), .wanted = "has no \"credential_source\""},
    {EXTERNAL(AWS_SOURCE, ""),
     .answers = {{"http://169.254.169.254/session", 200, "meta"},
                 {"http://169.254.169.254/zone", 200, "eu-west-3b"},
                 {"http://169.254.169.254/roles/", 200, "my role"},
                 {"http://169.254.169.254/roles/my%20role", 200, KEYS},
                 {STS, 200, TOKEN("t1")}},
     .wanted = "t1",
     .parts = {"PUT http://169.254.169.254/session\nx-aws-ec2-metadata-token-ttl-seconds: 300",
               "x-aws-ec2-metadata-token: meta", "sts.eu-west-3.amazonaws.com",
               "x-goog-cloud-target-resource%2522%252C%2522value%2522%253A%2522%252F%252Fiam%252Fx",
               "AKIA%252F20260921%252Feu-west-3%252Fsts%252Faws4_request"}},
    {EXTERNAL(AWS_SOURCE, ""),
     .variables = {{"AWS_REGION", "r-1"},
                   {"AWS_ACCESS_KEY_ID", "AKIB"},
                   {"AWS_SECRET_ACCESS_KEY", "s"}},
     .answers = {{STS, 200, TOKEN("t1")}}, .wanted = "t1",
     .parts = {"AKIB%252F20260921%252Fr-1%252Fsts%252Faws4_request"}},
    {EXTERNAL("{\"environment_id\":\"aws2\"}", ""), .wanted = "other than \"aws1\""},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo x\"}}", ""),
     .wanted = "may run only if GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES is 1"},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo x\",\"timeout_millis\":1}}", ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}},
     .wanted = "not from 5000 to 120000"},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo x\"}}", ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}}, .wanted = "prints no JSON"},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/false\"}}", ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}},
     .wanted = "the program \"/bin/false\" ended with status 1"},
    {EXTERNAL("{\"executable\":{\"command\":\"/none\"}}", ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}},
     .wanted = "\"/none\" cannot be started"},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo  {\\\"version\\\":1,\\\"success\\\":true,"
              "\\\"id_token\\\":\\\"sub\\\",\\\"expiration_time\\\":1790000001}\"}}",
              ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}},
     .answers = {{STS, 200, TOKEN("t1")}}, .wanted = "t1", .parts = {"&subject_token=sub&"}},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo {\\\"version\\\":1,\\\"success\\\":true,"
              "\\\"id_token\\\":\\\"sub\\\",\\\"expiration_time\\\":1790000000}\"}}",
              ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}}, .wanted = "has expired"},
    {EXTERNAL("{\"executable\":{\"command\":\"/bin/echo {\\\"version\\\":1,\\\"success\\\":false,"
              "\\\"code\\\":\\\"401\\\",\\\"message\\\":\\\"denied\\\"}\"}}",
              ""),
     .variables = {{"GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES", "1"}},
     .wanted = "reports an error: 401 denied"},
    {"{\"type\":\"impersonated_service_account\",\"delegates\":[\"d@e.f\"],"
     "\"service_account_impersonation_url\":\"" ACCOUNT "\",\"source_credentials\":" USER "}",
     .answers = {{OAUTH, 200, TOKEN("t1")}, {ACCOUNT, 200, OF_ACCOUNT}}, .wanted = "t2",
     .parts =
         {"{\"delegates\":[\"projects/-/serviceAccounts/d@e.f\"],\"scope\":[\"https://scope\"],"
          "\"lifetime\":\"3600s\"}"}},
    {"{\"type\":\"impersonated_service_account\",\"service_account_impersonation_url\":\"" ACCOUNT
     "\"}",
     .wanted = "has no \"source_credentials\""},
};

static const char *token_of(const Io *io, const GcpOptions *options, Arena *arena) {
    GcpAccess *access = NULL;
    Str token = STR_EMPTY, problem = STR_EMPTY;
    bool ok = gcp_access_open(io, options, &access, &problem, arena) &&
              gcp_access_token(access, NULL, &token, &problem, arena);
    gcp_access_close(access);
    return str_to_cstr(ok ? token : problem, arena);
}

static void kinds(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        GcpWorld world;
        Io io = gcp_case_open(&world, rows[i].variables, rows[i].answers, arena);
        GcpOptions options = {.credentials = str_from_cstr(rows[i].credentials),
                              .scope = STR("https://scope")};
        const char *got = token_of(&io, &options, arena);
        if (!strstr(got, rows[i].wanted))
            fail_msg("row %zu: got \"%s\", wanted \"%s\"", i, got, rows[i].wanted);
        for (size_t k = 0; k < ARRAY_COUNT(rows[i].parts) && rows[i].parts[k]; k++)
            gcp_case_expect(&world, rows[i].parts[k]);
        assert_null(world.answers[world.next].url);
    }
}

/* The token of the argument wins; the account is that of the block. */
static void impersonates(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const GcpAnswer answers[] = {{OTHER, 200, OF_ACCOUNT}, {NULL, 0}};
    static const GcpAnswer refusal[] = {
        {"https://iamcredentials.own.example/v1/projects/-/serviceAccounts/"
         "x%40y.z:generateAccessToken",
         403,
         "{\"error\":{\"code\":403,\"message\":\"No access for fixed.\","
         "\"status\":\"PERMISSION_DENIED\"}}"},
        {NULL, 0}};
    GcpWorld world;
    Io io = gcp_case_open(&world, NULL, answers, arena);
    GcpOptions options = {.access_token = STR("fixed"),
                          .credentials = STR("ignored"),
                          .impersonate = STR("x@y.z"),
                          .scope = STR("https://scope")};
    vec_push(arena, &options.delegates, STR("d@e.f"));
    vec_push(arena, &options.delegates, STR("projects/-/serviceAccounts/g@h.i"));
    assert_string_equal(token_of(&io, &options, arena), "t2");
    gcp_case_expect(&world, "authorization: Bearer fixed");
    gcp_case_expect(&world, "\"delegates\":[\"projects/-/serviceAccounts/d@e.f\","
                            "\"projects/-/serviceAccounts/g@h.i\"]");
    io = gcp_case_open(&world, NULL, refusal, arena);
    options.universe = STR("own.example");
    assert_string_equal(token_of(&io, &options, arena),
                        "no token from \"iamcredentials.own.example\": HTTP status 403 "
                        "(PERMISSION_DENIED: No access for (sensitive value))");
}

static Str write_file(Str directory, const char *name, const char *text, Arena *arena) {
    Str path = disk_join(directory, str_from_cstr(name), arena);
    assert_int_equal(disk_real.write_file(NULL, path, str_from_cstr(text), 0600), 0);
    return path;
}

/* Each source is used only if no earlier one is there. A file with the subject token is read at
 * each renewal. */
static void order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char *made = (char *)str_to_cstr(STR("/tmp/loam-test-gcp-XXXXXX"), arena);
    assert_non_null(mkdtemp(made));
    Str home = str_from_cstr(made);
    Str gcloud = disk_join(home, STR(".config/gcloud"), arena);
    assert_int_equal(disk_real.make_directories(NULL, gcloud, 0700), 0);
    Str subject = write_file(home, "subject", "one", arena);
    Str named = write_file(
        home, "named.json",
        str_to_cstr(str_format(arena, EXTERNAL("{\"file\":\"%.*s\"}", ""), STR_ARG(subject)),
                    arena),
        arena);
    write_file(gcloud, "application_default_credentials.json", USER, arena);
    write_file(home, "bad.json", "{", arena);
    const GcpVariable variables[] = {{"HOME", made},
                                     {"GOOGLE_APPLICATION_CREDENTIALS", str_to_cstr(named, arena)},
                                     {NULL, NULL}};
    const GcpVariable only_home[] = {{"HOME", made}, {NULL, NULL}};
    static const GcpAnswer twice[] = {{STS, 200, TOKEN("t1")}, {STS, 200, TOKEN("t2")}, {NULL, 0}};
    static const GcpAnswer users[] = {{OAUTH, 200, TOKEN("t3")}, {NULL, 0}};
    GcpWorld world;
    GcpAccess *access;
    Str token, problem;
    GcpOptions options = {.scope = STR("https://scope")};

    Io io = gcp_case_open(&world, variables, twice, arena);
    assert_true(gcp_access_open(&io, &options, &access, &problem, arena));
    assert_true(gcp_access_token(access, NULL, &token, &problem, arena));
    check_str(token, "t1");
    write_file(home, "subject", "two", arena);
    assert_true(gcp_access_token(access, NULL, &token, &problem, arena));
    check_str(token, "t1");
    assert_true(gcp_access_discard(access, STR("t1")));
    assert_true(gcp_access_token(access, NULL, &token, &problem, arena));
    check_str(token, "t2");
    gcp_case_expect(&world, "&subject_token=one&");
    gcp_case_expect(&world, "&subject_token=two&");
    check_str(gcp_access_universe(access), "googleapis.com");
    gcp_access_close(access);

    io = gcp_case_open(&world, only_home, users, arena);
    assert_string_equal(token_of(&io, &options, arena), "t3");
    io = gcp_case_open(&world, variables, users, arena);
    options.credentials = STR("~/.config/gcloud/application_default_credentials.json");
    assert_string_equal(token_of(&io, &options, arena), "t3");

    io = gcp_case_open(&world, variables, NULL, arena);
    options.credentials = STR("~/bad.json");
    assert_non_null(strstr(token_of(&io, &options, arena), "bad.json\" is not a JSON object"));
    options.credentials = STR("private text");
    assert_non_null(strstr(token_of(&io, &options, arena), "neither a JSON object nor the path"));
    assert_null(strstr(token_of(&io, &options, arena), "private"));
    options.credentials = STR("{\"type\":\"gdch_service_account\"}");
    assert_non_null(strstr(token_of(&io, &options, arena), "has no supported \"type\""));
    options.credentials = STR("{\"type\":\"service_account\",\"client_email\":\"x\"}");
    assert_non_null(strstr(token_of(&io, &options, arena), "has no \"private_key\""));
    options.access_token = STR("fixed");
    assert_true(gcp_access_open(&io, &options, &access, &problem, arena));
    assert_true(gcp_access_token(access, NULL, &token, &problem, arena));
    check_str(token, "fixed");
    assert_false(gcp_access_discard(access, STR("fixed")));
    gcp_access_close(access);
    assert_int_equal(disk_remove_tree(&disk_real, home), 0);
}

static Str quoted_key(Arena *arena) {
    EVP_PKEY *key = EVP_RSA_gen(2048);
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
    long size = BIO_get_mem_data(bio, &bytes);
    StrBuf text = strbuf_new(arena);
    for (long i = 0; i < size; i++) {
        if (bytes[i] == '\n')
            strbuf_add_cstr(&text, "\\n");
        else
            strbuf_add_char(&text, bytes[i]);
    }
    BIO_free(bio);
    EVP_PKEY_free(key);
    return strbuf_str(&text);
}

/* test_jwt verifies signatures; here are the members of header and claims. */
static void service_account(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const GcpAnswer answers[] = {{"http://127.0.0.1:1/token", 200, TOKEN("t1")}, {NULL, 0}};
    GcpWorld world;
    Io io = gcp_case_open(&world, NULL, answers, arena);
    GcpOptions options = {.scope = STR("https://scope")};
    Str key = quoted_key(arena); /* STR_ARG evaluates its argument twice */
    options.credentials = str_format(arena,
                                     "{\"type\":\"service_account\",\"client_email\":\"a@b.c\","
                                     "\"private_key_id\":\"k1\",\"token_uri\":\"http://127.0.0.1:1/"
                                     "token\",\"private_key\":\"%.*s\"}",
                                     STR_ARG(key));
    assert_string_equal(token_of(&io, &options, arena), "t1");
    gcp_case_expect(&world, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"
                            "assertion=");
    Str diary = strbuf_str(&world.diary);
    Str text = str_after(diary, str_find(diary, STR("assertion="), 0) + strlen("assertion="));
    Str header = str_slice(text, 0, str_find_char(text, '.', 0));
    /* {"alg":"RS256","typ":"JWT","kid":"k1"} */
    check_str(header, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImsxIn0");
    options.credentials = STR("{\"type\":\"service_account\",\"client_email\":\"a@b.c\","
                              "\"private_key\":\"none\"}");
    assert_string_equal(token_of(&io, &options, arena),
                        "the argument \"credentials\": the private key is not a PEM key without a "
                        "passphrase");
}

UNIT_MAIN(test_gcp_access) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds),
        cmocka_unit_test(impersonates),
        cmocka_unit_test(order),
        cmocka_unit_test(service_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
