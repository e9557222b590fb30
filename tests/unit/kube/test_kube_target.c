/* What makes a server and a user valid, whether a file or an argument has it. */
#include "unit.h"

#include "kube_target.h"

#define CERT "-----BEGIN CERTIFICATE-----"
#define KEY  "-----BEGIN EC PRIVATE KEY-----"
#define V1   "client.authentication.k8s.io/v1"

static void servers(void **) {
    static const struct {
        const char *text;
        const char *server;
        const char *problem;
    } rows[] = {
        {"", "", ""},
        {"host", "https://host", ""},
        {" host:6443/ ", "https://host:6443", ""},
        {"http://127.0.0.1:8001", "http://127.0.0.1:8001", ""},
        {"https://[::1]:6443//", "https://[::1]:6443", ""},
        {"https://h/k8s/clusters/c-m-1/", "https://h/k8s/clusters/c-m-1", ""},
        {"https://", NULL, "must be a URL"},
        {"https:///path", NULL, "must be a URL"},
        {"unix:///run/kube.sock", NULL, "must be a URL"},
        {"https://a b", NULL, "must not contain sp"},
        {"https://h\r\nX: 1", NULL, "must not contain sp"},
        {"https://secret:secret@h", NULL, "must not contain a user"},
        {"https://h/?token=secret", NULL, "must not contain a query"},
        {"https://h/#x", NULL, "must not contain a query"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeTarget target = {.server = str_from_cstr(rows[i].text)};
        Str problem = STR_EMPTY;
        assert_int_equal(kube_target_finish(&target, &problem, arena), rows[i].server != NULL);
        if (rows[i].server)
            check_str(target.server, rows[i].server);
        Str wanted = rows[i].server
                         ? STR_EMPTY
                         : str_format(arena, "The address of the API server %s", rows[i].problem);
        if (!str_starts_with(problem, wanted))
            check_str_equal(problem, wanted);
        assert_true(str_find(problem, STR("secret"), 0) == SIZE_MAX);
    }
}

static void proxies(void **) {
    static const char *const good[] = {"http://p:3128", "https://p", "socks5://u:p@10.0.0.1:1080",
                                       "socks5h://p"};
    static const char *const bad[] = {"p:3128",  "socks4://p", "ftp://p",
                                      "http://", "http://p\n", "http:///x"};
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        check_str(kube_target_check_proxy(str_from_cstr(good[i])), "");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_true(kube_target_check_proxy(str_from_cstr(bad[i])).len > 0);
}

static const KubeTarget bad_targets[] = {
    {.ca_certs = STR_CONST("secret")},
    {.certificate = STR_CONST("secret"), .key = STR_CONST(KEY)},
    {.certificate = STR_CONST(CERT), .key = STR_CONST("secret")},
    {.certificate = STR_CONST(CERT)},
    {.key = STR_CONST(KEY)},
    {.token = STR_CONST("sec\nret")},
    {.server_name = STR_CONST("a\r\nb")},
    {.proxy = STR_CONST("secret")},
    {.exec = {.command = STR_CONST("x"), .api_version = STR_CONST(V1 "alpha1")}},
    {.exec = {.api_version = STR_CONST(V1)}},
    {.exec = {.command = STR_CONST("x"),
              .api_version = STR_CONST(V1),
              .interactive = KUBE_INTERACTIVE_ALWAYS}},
    {.impersonation = {.uid = STR_CONST("1")}},
    {.impersonation = {.user = STR_CONST("a\nb")}},
    {.impersonation = {.user = STR_CONST("a"), .uid = STR_CONST("a\x7f")}},
};

static const char unsupported_version[] =
    "The credential plugin (\"exec\") has the API version \"" V1 "alpha1\"; supported are \"" V1
    "\" and \"" V1 "beta1\".";
static const char needed_terminal[] =
    "The credential plugin (\"exec\") needs a terminal (interactiveMode: Always), which loam does "
    "not give it. Log in with it first, then use a token or a plugin that asks no questions.";
static const char *const problems[] = {
    "The certificate authority does not hold a certificate as PEM text.",
    "The client certificate does not hold a certificate as PEM text.",
    "The client key does not hold a private key as PEM text.",
    "The client certificate has no key.",
    "The client certificate is missing; there is only its key.",
    "The token must not contain control characters.",
    "The server name (\"tls-server-name\") must not contain control characters.",
    "The URL of the proxy must be a URL whose scheme is http, https or socks5.",
    unsupported_version,
    "The credential plugin (\"exec\") has no \"command\".",
    needed_terminal,
    "Impersonation of a uid, of groups or of extra fields needs a user name (\"as\").",
    "The impersonated user must not contain control characters.",
    "The impersonated uid must not contain control characters.",
};
static_assert(ARRAY_COUNT(problems) == ARRAY_COUNT(bad_targets), "the tables belong together");

static void bad(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(bad_targets); i++) {
        KubeTarget target = bad_targets[i];
        Str problem = STR_EMPTY;
        assert_false(kube_target_finish(&target, &problem, arena));
        check_str(problem, problems[i]);
    }
}

static void good(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeTarget target = {
        .ca_certs = STR(CERT),
        .certificate = STR(CERT),
        .key = STR(KEY),
        .token = STR(" t\n"),
        .exec = {.command = STR("x"), .api_version = STR(V1 "beta1")},
        .impersonation = {.user = STR("j\xc3\xbcrgen")},
    };
    vec_push(arena, &target.impersonation.groups, STR("a b"));
    Str problem = STR("unchanged");
    assert_true(kube_target_finish(&target, &problem, arena));
    check_str(target.token, "t");
    check_str(problem, "unchanged");
    KubeExtra extra = {.key = STR("k")};
    vec_push(arena, &extra.values, STR("a\nb"));
    vec_push(arena, &target.impersonation.extra, extra);
    assert_false(kube_target_finish(&target, &problem, arena));
}

UNIT_MAIN(test_kube_target) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers),
        cmocka_unit_test(proxies),
        cmocka_unit_test(bad),
        cmocka_unit_test(good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
