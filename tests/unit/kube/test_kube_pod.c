/* The service account of a pod: its files at their fixed place, and what may be missing. */
#include "kube_case.h"

#include "kube_login.h"
#include "kube_pod.h"

#include <errno.h>

#define ACCOUNT "/var/run/secrets/kubernetes.io/serviceaccount/"
#define PEM     "-----BEGIN CERTIFICATE-----\n"

typedef struct Mount {
    const char *token, *ca, *namespace; /* NULL: no such file */
} Mount;

static int read_mount(void *self, Str path, Str *out, Arena *) {
    const Mount *mount = self;
    const char *text = NULL;
    if (str_equal(path, STR(ACCOUNT "token")))
        text = mount->token;
    else if (str_equal(path, STR(ACCOUNT "ca.crt")))
        text = mount->ca;
    else if (str_equal(path, STR(ACCOUNT "namespace")))
        text = mount->namespace;
    *out = str_from_cstr(text);
    return text ? 0 : -ENOENT;
}

typedef struct Row {
    const char *host, *port;
    Mount mount;
    const char *server; /* NULL: an error */
    const char *result; /* namespace; or the beginning of the error */
} Row;

static const Row rows[] = {
    {"10.0.0.1", "443", {"t", PEM, "team\n"}, "https://10.0.0.1:443", "team"},
    {"fd00::1", "443", {"t", PEM, NULL}, "https://[fd00::1]:443", ""},
    {"kube.svc", "443", {"t", NULL, NULL}, "https://kube.svc:443", ""},
    {NULL, "443", {"t", PEM, NULL}, NULL, "The configuration selects the service account"},
    {"10.0.0.1", NULL, {"t", PEM, NULL}, NULL, "The configuration selects the service account"},
    {"10.0.0.1", "443", {NULL, PEM, NULL}, NULL, "The configuration selects the service account"},
    {"10.0.0.1", "443", {"t", "x", NULL}, NULL, "The certificate authority does not hold a"},
};

static void accounts(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeCase test;
        kube_case_open(&test);
        Disk disk = {.self = (void *)(uintptr_t)&rows[i].mount, .read_file = read_mount};
        const char *variables[] = {"KUBERNETES_SERVICE_HOST", rows[i].host,
                                   "KUBERNETES_SERVICE_PORT", rows[i].port, NULL};
        KubeTarget target = {0};
        Diags diags = diags_new(test.arena);
        test.variables = variables;
        test.io.disk = &disk;
        assert_int_equal(kube_pod_exists(&test.io), rows[i].host && rows[i].port);
        bool ok = kube_pod_read(&test.io, &target, test.arena, &diags);
        assert_int_equal(ok, rows[i].server != NULL);
        if (ok) {
            check_str(target.server, rows[i].server);
            check_str(target.namespace, rows[i].result);
            check_str(target.token_file, ACCOUNT "token");
        } else if (!str_starts_with(diags.items[0].detail, str_from_cstr(rows[i].result))) {
            check_str(diags.items[0].detail, rows[i].result);
        }
        kube_case_close(&test);
    }
}

static int64_t now(void *self) {
    return *(int64_t *)self;
}

/* The token rotates under the same name. */
static void rotation(void **) {
    KubeCase test;
    kube_case_open(&test);
    Mount mount = {"first", PEM, NULL};
    int64_t time = 1800000000000;
    Disk disk = {.self = &mount, .read_file = read_mount};
    Clock clock = {.self = &time, .now_ms = now};
    static const char *const variables[] = {"KUBERNETES_SERVICE_HOST", "h",
                                            "KUBERNETES_SERVICE_PORT", "1", NULL};
    KubeTarget target = {0};
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    Diags diags = diags_new(test.arena);
    test.variables = variables;
    test.io.disk = &disk;
    test.io.clock = &clock;
    /* Without a kubeconfig file, the pod's account is what kubectl takes. */
    KubeChoice choice = {.namespace = STR("own")};
    assert_true(kubeconfig_find(&test.io, &choice, &target, test.arena, &diags));
    check_str(target.server, "https://h:1");
    check_str(target.namespace, "own");
    KubeLogin *login = kube_login_new(&test.io, &target);
    assert_true(kube_login_get(login, 0, NULL, &got, &problem, test.arena));
    check_str(got.token, "first");
    mount.token = "second";
    time += 60000;
    assert_true(kube_login_get(login, 0, NULL, &got, &problem, test.arena));
    check_str(got.token, "second");
    kube_login_close(login);
    kube_case_close(&test);
}

UNIT_MAIN(test_kube_pod) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts),
        cmocka_unit_test(rotation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
