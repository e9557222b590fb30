/* Credential plugins as shell scripts: their surroundings and their answers. */
#include "kube_case.h"

#include "json.h"
#include "kube_login.h"
#include "log.h"

#define V1            "client.authentication.k8s.io/v1"
#define ANSWER        "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1 "\",\"status\":"
#define PRINT(status) "cat <<'END'\n" ANSWER status "}\nEND"
#define CERT          "-----BEGIN CERTIFICATE-----"
#define KEY           "-----BEGIN PRIVATE KEY-----"

static KubeTarget target_of(const KubeCase *test, const char *script) {
    KubeTarget target = {.server = STR("https://h"), .ca_certs = STR("CA")};
    Str path = kube_case_file(test, "give",
                              str_format(test->arena, "#!/bin/sh\ncd \"${0%%/*}\"\n%s\n", script));
    target.exec = (KubeExec){.api_version = STR(V1), .command = path};
    return target;
}

static Str file_text(const KubeCase *test, const char *name) {
    Str text;
    Str path = disk_join(test->directory, str_from_cstr(name), test->arena);
    assert_int_equal(disk_real.read_file(NULL, path, &text, test->arena), 0);
    return text;
}

static bool run(KubeCase *test, const KubeTarget *target, KubeCredential *out, Str *problem) {
    test->io.process = &process_real;
    return kube_exec_run(&test->io, target, NULL, out, problem, test->arena);
}

typedef struct Row {
    const char *script;
    const char *token; /* NULL: an error */
    const char *key;   /* or, of an error, the end of its sentence */
} Row;

static const Row rows[] = {
    {PRINT("{\"token\":\" t\\n\"}"), "t", ""},
    {PRINT("{\"clientCertificateData\":\"" CERT "\",\"clientKeyData\":\"" KEY "\"}"), "", KEY},
    {PRINT("{\"clientCertificateData\":\"c\",\"token\":\"secret\"}"), NULL,
     "gives neither a token nor a certificate with its key"},
    {PRINT("{\"token\":\"secret\\nX: 1\"}"), NULL,
     "gives an invalid credential: The token must not contain control characters"},
    {PRINT("{\"clientCertificateData\":\"secret\",\"clientKeyData\":\"k\"}"), NULL,
     "gives an invalid credential: The client certificate does not hold a certificate as PEM "
     "text"},
    {PRINT("{\"token\":\"secret\",\"expirationTimestamp\":\"soon\"}"), NULL,
     "gives an \"expirationTimestamp\" that is not an RFC 3339 time"},
    {PRINT("{}"), NULL, "gives neither a token nor a certificate with its key"},
    {"echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"v0\",\"status\":\"secret\"}'", NULL,
     "prints an ExecCredential of \"v0\", not of \"" V1 "\""},
    {"echo '{\"kind\":\"secret\"}'", NULL, "does not print an ExecCredential"},
    {"echo secret", NULL, "does not print an ExecCredential"},
    {"yes secret | head -c 3000000", NULL, "does not print an ExecCredential"},
    {"echo secret; printf 'log \\033[31min\\007 first\\n' >&2; exit 3", NULL,
     "ended with status 3 and said: log in first"},
    {"exit 3", NULL, "ended with status 3"},
    {"kill -9 $$", NULL, "ended with status 137"},
};

static void answers(void **) {
    KubeCase test;
    kube_case_open(&test);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeTarget target = target_of(&test, rows[i].script);
        KubeCredential got = {.token = STR("before")};
        Str problem = STR_EMPTY;
        bool ok = run(&test, &target, &got, &problem);
        assert_int_equal(ok, rows[i].token != NULL);
        check_str(got.token, ok ? rows[i].token : "before");
        if (ok)
            check_str(got.key, rows[i].key);
        else
            check_str_equal(problem, str_format(test.arena, "the credential plugin \"%.*s\" %s",
                                                STR_ARG(target.exec.command), rows[i].key));
    }
    kube_case_close(&test);
}

/* Arguments and variables of the section, no input, none of our secrets. */
static void surroundings(void **) {
    KubeCase test;
    kube_case_open(&test);
    static const char *const ours[] = {
        "LOAM_VAR_password", "LOAM_TOKEN",           "TF_VAR_password",     "TF_TOKEN_app_example",
        "TF_HTTP_PASSWORD",  "KUBE_TOKEN",           "KUBE_PASSWORD",       "PG_CONN_STR",
        "PGPASSWORD",        "KUBE_CLIENT_KEY_DATA", "AWS_SSE_CUSTOMER_KEY"};
    for (size_t i = 0; i < ARRAY_COUNT(ours); i++)
        setenv(ours[i], "canary", 1);
    setenv("AWS_PROFILE", "before", 1);
    setenv("KUBERNETES_EXEC_INFO", "outer", 1);
    KubeTarget target = target_of(&test, "env > env; cat > input; printf '%s|' \"$@\" > args\n"
                                         "echo '" ANSWER "{\"token\":\"t\"}}'");
    vec_push(test.arena, &target.exec.args, STR("get"));
    vec_push(test.arena, &target.exec.args, STR("a b"));
    vec_push(test.arena, &target.exec.env, STR("AWS_PROFILE=after"));
    vec_push(test.arena, &target.exec.env, STR("TF_ADDED=1"));
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_true(run(&test, &target, &got, &problem));
    Str env = file_text(&test, "env");
    assert_true(str_find(env, STR("canary"), 0) == SIZE_MAX);
    assert_true(str_find(env, STR("outer"), 0) == SIZE_MAX);
    assert_true(str_find(env, STR("AWS_PROFILE=after\n"), 0) != SIZE_MAX);
    assert_true(str_find(env, STR("AWS_PROFILE=before\n"), 0) == SIZE_MAX);
    assert_true(str_find(env, STR("TF_ADDED=1\n"), 0) != SIZE_MAX);
    assert_true(str_find(env, STR("PATH="), 0) != SIZE_MAX);
    assert_true(str_find(env,
                         STR("KUBERNETES_EXEC_INFO={\"apiVersion\":\"" V1 "\",\"kind\":"
                             "\"ExecCredential\",\"spec\":{\"interactive\":false}}\n"),
                         0) != SIZE_MAX);
    check_str(file_text(&test, "input"), "");
    check_str(file_text(&test, "args"), "get|a b|");
    kube_case_close(&test);
}

static void cluster_info(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target = target_of(&test, "printf %s \"$KUBERNETES_EXEC_INFO\" > info\n"
                                         "echo '" ANSWER "{\"token\":\"t\"}}'");
    target.exec.should_get_cluster = true;
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_true(run(&test, &target, &got, &problem));
    check_str(file_text(&test, "info"),
              "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"spec\":{\"cluster\":"
              "{\"certificate-authority-data\":\"Q0E=\",\"server\":\"https://h\"},"
              "\"interactive\":false}}");
    const char *error;
    size_t offset;
    target.ca_certs = STR_EMPTY;
    target.skip_verify = target.no_compression = true;
    target.server_name = STR("n");
    target.proxy = STR("socks5://p");
    target.token = STR("t0ken");
    assert_true(json_parse_any(STR("{\"audience\":[1,true]}"), &target.exec_config, &error, &offset,
                               test.arena));
    assert_true(run(&test, &target, &got, &problem));
    check_str(file_text(&test, "info"),
              "{\"apiVersion\":\"" V1 "\",\"kind\":\"ExecCredential\",\"spec\":{\"cluster\":"
              "{\"config\":{\"audience\":[1,true]},\"disable-compression\":true,"
              "\"insecure-skip-tls-verify\":true,\"proxy-url\":\"socks5://p\","
              "\"server\":\"https://h\",\"tls-server-name\":\"n\"},\"interactive\":false}}");
    kube_case_close(&test);
}

/* Standard error is quoted, but no secret in it. */
static void masked(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target =
        target_of(&test, "echo \"bad $MY_TOKEN of $PROFILE, $1 p4ssword\" >&2; exit 1");
    vec_push(test.arena, &target.exec.env, STR("MY_TOKEN=canary1"));
    vec_push(test.arena, &target.exec.env, STR("PROFILE=staging"));
    vec_push(test.arena, &target.exec.args, STR("canary2"));
    target.password = STR("p4ssword");
    StrVec secrets = {0};
    vec_push(test.arena, &secrets, STR("canary2"));
    LogContext outer = log_swap_context((LogContext){.secrets = &secrets});
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_false(run(&test, &target, &got, &problem));
    (void)log_swap_context(outer);
    assert_true(str_ends_with(problem, STR("said: bad (sensitive value) of staging, (sensitive "
                                           "value) (sensitive value)")));
    target = target_of(&test, "yes error | head -c 3000000 >&2; exit 1");
    assert_false(run(&test, &target, &got, &problem));
    assert_true(problem.len < 2500);
    kube_case_close(&test);
}

static void absent(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target = {.exec = {.api_version = STR(V1),
                                  .command = STR("no-such-plugin-anywhere"),
                                  .install_hint = STR(" Get \033[1mit\n")}};
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_false(run(&test, &target, &got, &problem));
    check_str(problem,
              "the credential plugin \"no-such-plugin-anywhere\" cannot be started: No such "
              "file or directory in any directory of PATH. Get it");
    target.exec.command = STR("/etc/passwd");
    assert_false(run(&test, &target, &got, &problem));
    check_str(problem,
              "the credential plugin \"/etc/passwd\" cannot be started: Permission denied");
    kube_case_close(&test);
}

static int never_ends(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    (void)self, (void)arena;
    assert_int_equal(request->timeout_ms, 60000);
    *out = (ProcessResult){.exit_status = 143, .timed_out = true};
    return 0;
}

static void limits(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target = target_of(&test, "sleep 30");
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    Process process = {.run = never_ends};
    test.io.process = &process;
    assert_false(kube_exec_run(&test.io, &target, NULL, &got, &problem, test.arena));
    assert_true(str_ends_with(problem, STR("had not ended after a minute")));
    CancelToken *cancel = cancel_open();
    cancel_raise(cancel, CANCEL_STOP);
    test.io.process = &process_real;
    assert_false(kube_exec_run(&test.io, &target, cancel, &got, &problem, test.arena));
    assert_true(str_find(problem, STR("cannot be started: Operation canceled"), 0) != SIZE_MAX);
    cancel_close(cancel);
    kube_case_close(&test);
}

static void expiry(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target = target_of(&test, "echo '" ANSWER "{\"token\":\"t\",\"expirationTimestamp\":"
                                         "\"2026-11-21T14:00:00+01:00\"}}'");
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_true(run(&test, &target, &got, &problem));
    assert_int_equal(got.expires_ms, 1795266000000);
    target.exec.api_version = STR(V1 "beta1");
    assert_false(run(&test, &target, &got, &problem));
    target =
        target_of(&test, "echo '{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
                         "beta1\",\"status\":{\"token\":\"b\",\"expirationTimestamp\":null}}'");
    target.exec.api_version = STR(V1 "beta1");
    assert_true(run(&test, &target, &got, &problem));
    check_str(got.token, "b");
    assert_int_equal(got.expires_ms, 0);
    kube_case_close(&test);
}

UNIT_MAIN(test_kube_exec) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers), cmocka_unit_test(surroundings), cmocka_unit_test(cluster_info),
        cmocka_unit_test(masked),  cmocka_unit_test(absent),       cmocka_unit_test(limits),
        cmocka_unit_test(expiry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
