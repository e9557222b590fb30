/* Files of cluster tools, the rules of merging, and errors with their line; no server is needed. */
#include "kube_case.h"
#include "kubeconfig_fixtures.h"

#define CA     "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCg=="
#define KEY    "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg=="
#define PEM    "-----BEGIN CERTIFICATE-----\n"
#define ONE(c) "clusters: [{name: c, cluster: " c "}]\n"
#define V1     "client.authentication.k8s.io/v1"

static bool read_choice(KubeCase *test, const KubeChoice *choice, KubeTarget *out, Diags *diags) {
    *diags = diags_new(test->arena);
    return kubeconfig_read(&test->io, choice, out, test->arena, diags);
}

static KubeTarget must_read(KubeCase *test, const KubeChoice *choice) {
    KubeTarget target = {0};
    Diags diags;
    if (!read_choice(test, choice, &target, &diags))
        check_str(kube_case_detail(test, &diags), "no error");
    return target;
}

static KubeTarget must_read_text(KubeCase *test, const char *text) {
    KubeChoice choice = {0};
    vec_push(test->arena, &choice.paths, kube_case_file(test, "config", str_from_cstr(text)));
    return must_read(test, &choice);
}

static Str must_fail(KubeCase *test, const KubeChoice *choice) {
    KubeTarget target = {.server = STR("untouched")};
    Diags diags;
    assert_false(read_choice(test, choice, &target, &diags));
    check_str(target.server, "untouched");
    assert_true(diags.count > 0);
    check_str(diags.items[0].summary, "Invalid kubeconfig");
    return kube_case_detail(test, &diags);
}

static void holds(Str pem, const char *what) {
    if (str_find(pem, str_from_cstr(what), 0) == SIZE_MAX)
        check_str(pem, what);
}

static void cluster_tools(void **) {
    static const struct {
        const char *name, *text, *server;
    } rows[] = {
        {"kind", kubeconfig_kind, "https://127.0.0.1:35117"},
        {"minikube", kubeconfig_minikube, "https://192.168.49.2:8443"},
        {"k3d", kubeconfig_k3d, "https://0.0.0.0:40781"},
        {"kubeadm", kubeconfig_kubeadm, "https://cluster.example:6443"},
    };
    KubeCase test;
    kube_case_open(&test);
    kube_case_file(&test, "certs/ca.crt", STR(PEM "minikube-ca"));
    kube_case_file(&test, "certs/client.crt", STR(PEM "minikube-cert"));
    kube_case_file(&test, "certs/client.key", STR("-----BEGIN RSA PRIVATE KEY-----minikube-key"));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeTarget target = must_read_text(&test, rows[i].text);
        check_str(target.server, rows[i].server);
        const char *name = rows[i].name;
        holds(target.ca_certs, str_to_cstr(str_format(test.arena, "%s-ca", name), test.arena));
        holds(target.certificate, str_to_cstr(str_format(test.arena, "%s-cert", name), test.arena));
        holds(target.key, str_to_cstr(str_format(test.arena, "%s-key", name), test.arena));
        assert_int_equal(target.exec.command.len + target.token.len + target.user.len, 0);
    }
    kube_case_close(&test);
}

static void cloud_plugins(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeTarget eks = must_read_text(&test, kubeconfig_eks);
    check_str(eks.exec.command, "aws");
    check_str(eks.exec.api_version, V1 "beta1");
    assert_int_equal(eks.exec.args.count, 8);
    check_str(eks.exec.args.items[5], "prod");
    assert_int_equal(eks.exec.env.count, 1);
    check_str(eks.exec.env.items[0], "AWS_PROFILE=staging");
    assert_false(eks.exec.should_get_cluster);
    KubeTarget gke = must_read_text(&test, kubeconfig_gke);
    check_str(gke.exec.install_hint, "Install gke-gcloud-auth-plugin for use with kubectl.");
    assert_true(gke.exec.should_get_cluster);
    assert_int_equal(gke.exec.interactive, KUBE_INTERACTIVE_IF_AVAILABLE);
    check_str(gke.namespace, "team-a");
    KubeTarget aks = must_read_text(&test, kubeconfig_aks);
    check_str(aks.exec.api_version, V1);
    check_str(aks.server, "https://aks.example:443");
    kube_case_close(&test);
}

static void all_members(void **) {
    static const char text[] =
        "current-context: x\n"
        "contexts: [{name: x, context: {cluster: c, user: u, namespace: ns}}]\n"
        "clusters:\n"
        "- name: c\n"
        "  cluster:\n"
        "    server: host.example:6443/k8s/clusters/c-1//\n"
        "    tls-server-name: other.example\n"
        "    proxy-url: socks5://user:pass@proxy.example:1080\n"
        "    insecure-skip-tls-verify: true\n"
        "    disable-compression: true\n"
        "    extensions:\n"
        "    - {name: other, extension: {a: 1}}\n"
        "    - name: client.authentication.k8s.io/exec\n"
        "      extension: {audience: \"x\", deep: [1, {b: true}]}\n"
        "users:\n"
        "- name: u\n"
        "  user: &shared\n"
        "    as: jane\n"
        "    as-uid: \"7\"\n"
        "    as-groups: [dev, \"system:masters\"]\n"
        "    as-user-extra: {example.com/scope: [one, two], b: []}\n"
        "    exec: {apiVersion: " V1 ", command: ./bin/give, args: [a], provideClusterInfo: true,\n"
        "           interactiveMode: Never, env: [{name: A, value: b=c}]}\n"
        "- name: merged\n"
        "  user: {<<: *shared, as: joe}\n";
    KubeCase test;
    kube_case_open(&test);
    KubeTarget target = must_read_text(&test, text);
    check_str(target.server, "https://host.example:6443/k8s/clusters/c-1");
    check_str(target.server_name, "other.example");
    check_str(target.proxy, "socks5://user:pass@proxy.example:1080");
    assert_true(target.skip_verify && target.no_compression);
    check_str(target.namespace, "ns");
    const KubeImpersonation *as = &target.impersonation;
    check_str(as->user, "jane");
    check_str(as->uid, "7");
    assert_int_equal(as->groups.count, 2);
    check_str(as->groups.items[1], "system:masters");
    assert_int_equal(as->extra.count, 2);
    check_str(as->extra.items[1].key, "example.com/scope");
    check_str(as->extra.items[1].values.items[1], "two");
    check_str_equal(target.exec.command, disk_join(test.directory, STR("./bin/give"), test.arena));
    assert_int_equal(target.exec.interactive, KUBE_INTERACTIVE_NEVER);
    check_str(target.exec.env.items[0], "A=b=c");
    check_str(value_text_at(target.exec_config, STR("audience")), "x");
    KubeChoice choice = {.user_name = STR("merged")};
    vec_push(test.arena, &choice.paths, disk_join(test.directory, STR("config"), test.arena));
    check_str(must_read(&test, &choice).impersonation.user, "joe");
    kube_case_close(&test);
}

static void tokens(void **) {
    KubeCase test;
    kube_case_open(&test);
    KubeChoice choice = {0};
    Str path = kube_case_file(&test, "sub/config",
                              STR("contexts: [{name: a, context: {cluster: c, user: a}}, "
                                  "{name: open, context: {cluster: open, user: a}}]\n"
                                  "clusters: [{name: c, cluster: {server: \"https://c\"}}, "
                                  "{name: open, cluster: {server: \"http://c\"}}]\n"
                                  "users: [{name: a, user: {token: t, tokenFile: ../t, as: j}},\n"
                                  "{name: b, user: {username: u, password: p}},\n"
                                  "{name: none, user: {}}, {name: null-user}]\n"));
    vec_push(test.arena, &choice.paths, path);
    choice.context = STR("a");
    KubeTarget target = must_read(&test, &choice);
    check_str(target.token, "t");
    check_str_equal(target.token_file, disk_join(test.directory, STR("sub/../t"), test.arena));
    choice.user_name = STR("b");
    choice.namespace = STR("chosen");
    target = must_read(&test, &choice);
    check_str(target.user, "u");
    check_str(target.password, "p");
    check_str(target.namespace, "chosen");
    choice.user_name = STR("null-user");
    check_str(must_read(&test, &choice).token, "");
    /* A server without TLS gets no credentials. */
    choice = (KubeChoice){.paths = choice.paths, .context = STR("open")};
    target = must_read(&test, &choice);
    check_str(target.server, "http://c");
    check_str(target.token, "");
    check_str(target.token_file, "");
    check_str(target.impersonation.user, "j");
    kube_case_close(&test);
}

#define FIRST                                                                                      \
    "current-context: \"\"\n"                                                                      \
    "contexts:\n- {name: one, context: {cluster: a, user: u}}\n"                                   \
    "clusters:\n- {name: a, cluster: {server: \"https://first:1\", certificate-authority: ca}}\n"
#define SECOND                                                                                     \
    "current-context: one\n"                                                                       \
    "contexts:\n- {name: two, context: {cluster: b, user: v}}\n"                                   \
    "clusters:\n- {name: a, cluster: {server: \"https://second:1\", tls-server-name: s}}\n"        \
    "- {name: b, cluster: {server: \"https://b\", certificate-authority: ca}}\n"                   \
    "users:\n- {name: u, user: {token: first}}\n- {name: v, user: {token: secret}}\n"
#define THIRD                                                                                      \
    "current-context: two\n"                                                                       \
    "users:\n- {name: u, user: {token: third}}\n- {name: w, user: {token: only}}\n"

/* An entry is the first file's, as a whole; paths start from the file that has the entry. */
static void merging(void **) {
    static const struct {
        const char *context, *cluster, *user, *server, *ca, *server_name, *token;
    } rows[] = {
        {"", "", "", "https://first:1", "ca of 1", "", "first"},
        {"two", "", "", "https://b", "ca of 2", "", "secret"},
        {"two", "a", "", "https://first:1", "ca of 1", "", "secret"},
        {"one", "", "w", "https://first:1", "ca of 1", "", "only"},
    };
    KubeCase test;
    kube_case_open(&test);
    KubeChoice choice = {0};
    vec_push(test.arena, &choice.paths, STR("/nowhere/at/all"));
    vec_push(test.arena, &choice.paths, kube_case_file(&test, "1/config", STR(FIRST)));
    vec_push(test.arena, &choice.paths, kube_case_file(&test, "2/config", STR(SECOND)));
    vec_push(test.arena, &choice.paths, kube_case_file(&test, "empty", STR("\n \n")));
    vec_push(test.arena, &choice.paths, kube_case_file(&test, "comment", STR("# none\nkind:\n")));
    vec_push(test.arena, &choice.paths, kube_case_file(&test, "3/config", STR(THIRD)));
    kube_case_file(&test, "1/ca", STR(PEM "ca of 1"));
    kube_case_file(&test, "2/ca", STR(PEM "ca of 2"));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        choice.context = str_from_cstr(rows[i].context);
        choice.cluster = str_from_cstr(rows[i].cluster);
        choice.user_name = str_from_cstr(rows[i].user);
        KubeTarget target = must_read(&test, &choice);
        check_str(target.server, rows[i].server);
        holds(target.ca_certs, rows[i].ca);
        check_str(target.server_name, rows[i].server_name);
        check_str(target.token, rows[i].token);
    }
    kube_case_close(&test);
}

static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

#define NAMES 4

/* Random files over few names: for each name, the first file that has the entry counts. */
static void first_wins(void **) {
    KubeCase test;
    kube_case_open(&test);
    uint32_t random = 11;
    for (int round = 0; round < 200; round++) {
        KubeChoice choice = {0};
        size_t owner[2][NAMES];
        size_t current = SIZE_MAX;
        size_t count = 1 + next_random(&random) % 4;
        memset(owner, 0xff, sizeof owner);
        for (size_t file = 0; file < count; file++) {
            StrBuf parts[2] = {strbuf_new(test.arena), strbuf_new(test.arena)};
            StrBuf text = strbuf_new(test.arena);
            for (size_t name = 0; name < (size_t)2 * NAMES; name++) {
                size_t kind = name / NAMES;
                if (next_random(&random) % 2)
                    continue;
                strbuf_add_format(&parts[kind],
                                  kind ? "- {name: n%zu, user: {token: t%zu}}\n"
                                       : "- {name: n%zu, cluster: {server: \"https://f%zu\"}}\n",
                                  name % NAMES, file);
                if (owner[kind][name % NAMES] == SIZE_MAX)
                    owner[kind][name % NAMES] = file;
            }
            strbuf_add_format(&text, "clusters:\n%.*susers:\n%.*s", STR_ARG(strbuf_str(&parts[0])),
                              STR_ARG(strbuf_str(&parts[1])));
            if (next_random(&random) % 2) {
                strbuf_add_format(&text, "current-context: c%zu\n", file);
                current = current == SIZE_MAX ? file : current;
            }
            if (file + 1 == count) {
                strbuf_add_cstr(&text, "contexts:\n");
                for (size_t at = 0; at < count; at++)
                    strbuf_add_format(&text,
                                      "- {name: c%zu, context: {cluster: n0, user: n0, "
                                      "namespace: s%zu}}\n",
                                      at, at);
            }
            const char *name = str_to_cstr(str_format(test.arena, "%zu", file), test.arena);
            vec_push(test.arena, &choice.paths, kube_case_file(&test, name, strbuf_str(&text)));
        }
        for (size_t name = 0; name < NAMES; name++) {
            KubeTarget target = {0};
            Diags diags;
            choice.cluster = choice.user_name = str_format(test.arena, "n%zu", name);
            bool is_defined = owner[0][name] != SIZE_MAX && owner[1][name] != SIZE_MAX;
            assert_int_equal(read_choice(&test, &choice, &target, &diags), is_defined);
            if (!is_defined)
                continue;
            check_str_equal(target.server, str_format(test.arena, "https://f%zu", owner[0][name]));
            check_str_equal(target.token, str_format(test.arena, "t%zu", owner[1][name]));
            check_str_equal(target.namespace, current == SIZE_MAX
                                                  ? STR_EMPTY
                                                  : str_format(test.arena, "s%zu", current));
        }
    }
    kube_case_close(&test);
}

typedef struct BadFile {
    const char *text;
    int line; /* 0: `detail` is all */
    const char *path;
    const char *detail; /* beginning of the error, behind line and path */
} BadFile;

#define HEAD    "current-context: x\ncontexts:\n- {name: x, context: {cluster: c, user: u}}\n"
#define GOOD    HEAD "clusters: [{name: c, cluster: {server: \"https://h\"}}]\n"
#define USER(u) GOOD "users:\n- name: u\n  user: " u "\n"

static const BadFile bad_files[] = {
    {"a: [", 0, NULL, "\"DIR/config\" is not YAML: line 2: "},
    {"a:\n\tb: 1", 0, NULL, "\"DIR/config\" is not YAML: line 2: "},
    {"- 1", 0, NULL, "In \"DIR/config\", line 1, the document must be a mapping"},
    {"apiVersion: v1\nkind: Secret\n", 2, "kind", "of a kubeconfig is \"Config\"."},
    {"apiVersion: v2\n", 1, "apiVersion", "of a kubeconfig is \"v1\"."},
    {"current-context: 7\n", 1, "current-context", "must be a string; a number"},
    {"current-context: x\n", 1, "current-context",
     "names a missing entry: there is no context \"x\" in \"DIR/config\"."},
    {"current-context: prud\ncontexts: [{name: prod}]\n", 1, "current-context",
     "names a missing entry: there is no context \"prud\" in \"DIR/config\"; the nearest name is "
     "\"prod\"."},
    {"current-context: x\ncontexts: {name: x}\n", 2, "contexts", "must be a list."},
    {"current-context: x\ncontexts:\n- {name: x, context: [1]}\n", 3, "contexts[0].context",
     "must be a mapping."},
    {"current-context: x\ncontexts:\n- {name: x, context: {user: u}}\n", 3, "contexts[0].context",
     "names no cluster."},
    {"current-context: x\ncontexts:\n- {name: x}\n- {name: b}\n- {name: x}\n", 5,
     "contexts[2].name", "is the name of an earlier entry, too."},
    {HEAD, 3, "contexts[0].context.cluster",
     "names a missing entry: there is no cluster \"c\" in \"DIR/config\"."},
    {GOOD, 3, "contexts[0].context.user", "names a missing entry: there is no user \"u\""},
    {HEAD "users: [{name: u}]\n" ONE("{}"), 5, "clusters[0].cluster", "has no \"server\"."},
    {HEAD "users: [{name: u}]\n" ONE("{server: \"ftp://x\"}"), 5, "clusters[0].cluster.server",
     "must be a URL such as"},
    {HEAD "users: [{name: u}]\n" ONE("{server: \"https://u:secret@x\"}"), 5,
     "clusters[0].cluster.server", "must not contain a user or a password"},
    {HEAD "users: [{name: u}]\n" ONE("{server: x, proxy-url: \"ftp://secret@p\"}"), 5,
     "clusters[0].cluster.proxy-url", "must be a URL whose scheme is http, https or socks5."},
    {HEAD "users: [{name: u}]\n" ONE("{server: x, insecure-skip-tls-verify: \"true\"}"), 5,
     "clusters[0].cluster.insecure-skip-tls-verify", "must be true or false."},
    {HEAD "users: [{name: u}]\n" ONE(
         "{server: x, insecure-skip-tls-verify: true,\n  certificate-authority-data: " CA "}"),
     5, "clusters[0].cluster.insecure-skip-tls-verify", "must not be true beside a"},
    {HEAD "users: [{name: u}]\n" ONE("{server: x, certificate-authority-data: \"s%cret\"}"), 5,
     "clusters[0].cluster.certificate-authority-data", "is not base64."},
    {HEAD "users: [{name: u}]\n" ONE("{server: x, certificate-authority-data: c2VjcmV0}"), 5,
     "clusters[0].cluster.certificate-authority-data", "does not hold a certificate as PEM"},
    {HEAD "users: [{name: u}]\n" ONE("{server: x,\n certificate-authority: none}"), 6,
     "clusters[0].cluster.certificate-authority",
     "is a file that cannot be read: \"DIR/none\": No such file or directory."},
    {HEAD "users: [{name: u}]\n" ONE("{server: x,\n certificate-authority: hollow}"), 6,
     "clusters[0].cluster.certificate-authority", "is an empty file."},
    {USER("[secret]"), 7, "users[0].user", "must be a mapping."},
    {USER("{token: 12345}"), 7, "users[0].user.token", "must be a string; a number"},
    {USER("{token: \"sec\\nret\"}"), 7, "users[0].user",
     "is invalid: The token must not contain control characters."},
    {USER("{token: secret, username: a}"), 7, "users[0].user", "has both a token and a user"},
    {USER("{client-certificate-data: " CA "}"), 7, "users[0].user",
     "has a \"client-certificate\", but no \"client-key\"."},
    {USER("{client-key-data: " KEY "}"), 7, "users[0].user", "has a \"client-key\", but no"},
    {USER("{client-certificate-data: " KEY "}"), 7, "users[0].user.client-certificate-data",
     "does not hold a certificate as PEM text."},
    {USER("{client-key-data: " CA "}"), 7, "users[0].user.client-key-data",
     "does not hold a private key as PEM text."},
    {USER("{as-groups: [a]}"), 7, "users[0].user",
     "is invalid: Impersonation of a uid, of groups or of extra fields needs a user name "
     "(\"as\")."},
    {USER("{as: j, as-groups: a}"), 7, "users[0].user.as-groups", "must be a list."},
    {USER("{as: \"j\\r\\nX-Evil: 1\"}"), 7, "users[0].user",
     "is invalid: The impersonated user must not contain control characters."},
    {USER("{as: j, as-user-extra: [a]}"), 7, "users[0].user.as-user-extra",
     "must be a mapping of lists."},
    {USER("{as: j, as-user-extra: {k: a}}"), 7, "users[0].user.as-user-extra.k", "must be a list."},
    {USER("{auth-provider: {name: gcp}}"), 7, "users[0].user.auth-provider",
     "is not supported; Kubernetes replaced auth-provider by \"exec\". Use an \"exec\" section: "
     "\"gcloud"},
    {USER("{token: secret, auth-provider: {name: x}}"), 7, "users[0].user.auth-provider",
     "is not supported; Kubernetes replaced auth-provider by \"exec\". Use an \"exec\" section: "
     "\"token\""},
    {USER("{exec: {}}"), 7, "users[0].user.exec",
     "is invalid: The credential plugin (\"exec\") has no \"command\"."},
    {USER("{exec: {command: x, apiVersion: v0}}"), 7, "users[0].user.exec",
     "is invalid: The credential plugin (\"exec\") has the API version \"v0\"; supported are \"" V1
     "\" and"},
    {USER("\n    exec:\n      command: x\n      apiVersion: " V1 "\n      interactiveMode: Always"),
     8, "users[0].user.exec",
     "is invalid: The credential plugin (\"exec\") needs a terminal (interactiveMode: Always)"},
    {USER("\n    exec:\n      command: x\n      apiVersion: " V1 "\n      interactiveMode: Often"),
     11, "users[0].user.exec.interactiveMode", "must be Never, IfAvailable or Always."},
    {USER("{exec: {command: x, apiVersion: " V1 ", args: [1]}}"), 7, "users[0].user.exec.args[0]",
     "must be a string"},
    {USER("{exec: {command: x, apiVersion: " V1 ", env: [{value: secret}]}}"), 7,
     "users[0].user.exec", "is invalid: An environment variable of the credential plugin"},
};

static Str wanted_detail(const KubeCase *test, const BadFile *row) {
    return row->line ? str_format(test->arena, "In \"DIR/config\", line %d, \"%s\" %s", row->line,
                                  row->path, row->detail)
                     : str_from_cstr(row->detail);
}

static void bad(void **) {
    KubeCase test;
    kube_case_open(&test);
    kube_case_file(&test, "hollow", STR_EMPTY);
    for (size_t i = 0; i < ARRAY_COUNT(bad_files); i++) {
        KubeChoice choice = {0};
        Str path = kube_case_file(&test, "config", str_from_cstr(bad_files[i].text));
        vec_push(test.arena, &choice.paths, path);
        Str detail = must_fail(&test, &choice);
        Str wanted = wanted_detail(&test, &bad_files[i]);
        if (!str_starts_with(detail, wanted))
            check_str_at(detail, wanted, bad_files[i].text, __FILE__, __LINE__);
        assert_true(str_find(detail, STR("secret"), 0) == SIZE_MAX);
        assert_true(str_ends_with(detail, STR(".")));
    }
    kube_case_close(&test);
}

/* Names that are arguments, and files that must exist. */
static void bad_choices(void **) {
    static const struct {
        KubeChoice choice;
        const char *detail;
    } rows[] = {
        {{.context = STR_CONST("three")}, "There is no context \"three\" in \"DIR/config\"."},
        {{.cluster = STR_CONST("cc")},
         "There is no cluster \"cc\" in \"DIR/config\"; the nearest name is \"c\"."},
        {{.user_name = STR_CONST("q")}, "There is no user \"q\" in \"DIR/config\"."},
    };
    KubeCase test;
    kube_case_open(&test);
    Str path = kube_case_file(&test, "config", STR(GOOD "users: [{name: user}]\n"));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeChoice choice = rows[i].choice;
        vec_push(test.arena, &choice.paths, path);
        check_str(must_fail(&test, &choice), rows[i].detail);
    }
    KubeChoice absent = {.context = STR("x")};
    vec_push(test.arena, &absent.paths, STR("/nowhere"));
    check_str(must_fail(&test, &absent), "There is no context \"x\" in the kubeconfig files, of "
                                         "which none exists.");
    absent.context = STR_EMPTY;
    check_str(must_read(&test, &absent).server, "");
    absent.is_exact = true;
    check_str(must_fail(&test, &absent), "\"/nowhere\" cannot be read: No such file or directory.");
    kube_case_close(&test);
}

/* A text runs no program and sends no file of this machine, unless the user allows it. */
static void trust(void **) {
    static const struct {
        const char *user;
        const char *refused, *allowed; /* beginning of the error; NULL: none */
    } rows[] = {
        {"{token: t}", NULL, NULL},
        {"{token: t, exec: {command: x, apiVersion: " V1 "}}", NULL, NULL},
        {"{exec: {command: x, apiVersion: " V1 "}}",
         "In the kubeconfig text, line 7, \"users[0].user.exec\" runs a program", NULL},
        {"{tokenFile: /etc/passwd}",
         "In the kubeconfig text, line 7, \"users[0].user.tokenFile\" reads a local file", NULL},
        {"{tokenFile: t}",
         "In the kubeconfig text, line 7, \"users[0].user.tokenFile\" is a "
         "relative path",
         "In the kubeconfig text, line 7, \"users[0].user.tokenFile\" is a "},
        {"{client-key: k}",
         "In the kubeconfig text, line 7, \"users[0].user.client-key\" is a "
         "relative path",
         "In the kubeconfig text, line 7, \"users[0].user.client-key\" is a "},
    };
    KubeCase test;
    kube_case_open(&test);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeChoice choice = {0};
        choice.content =
            str_format(test.arena, GOOD "users:\n- name: u\n  user: %s\n", rows[i].user);
        /* The text counts alone. */
        vec_push(test.arena, &choice.paths, STR("/nowhere"));
        for (int allowed = 0; allowed < 2; allowed++) {
            const char *wanted = allowed ? rows[i].allowed : rows[i].refused;
            KubeTarget target = {0};
            Diags diags;
            choice.allow_exec = allowed;
            assert_int_equal(read_choice(&test, &choice, &target, &diags), wanted == NULL);
            if (wanted && !str_starts_with(kube_case_detail(&test, &diags), str_from_cstr(wanted)))
                check_str(kube_case_detail(&test, &diags), wanted);
        }
    }
    kube_case_close(&test);
}

static void default_files(void **) {
    KubeCase test;
    kube_case_open(&test);
    static const char *variables[5] = {"HOME", NULL, NULL};
    variables[1] = str_to_cstr(test.directory, test.arena);
    test.variables = variables;
    KubeChoice choice = {0};
    KubeTarget target = {0};
    Diags diags = diags_new(test.arena);
    assert_true(kubeconfig_find(&test.io, &choice, &target, test.arena, &diags));
    check_str(target.server, "");
    kube_case_file(&test, ".kube/config", str_from_cstr(kubeconfig_kind));
    assert_true(kubeconfig_find(&test.io, &choice, &target, test.arena, &diags));
    check_str(target.server, "https://127.0.0.1:35117");
    variables[2] = "KUBECONFIG";
    variables[3] = str_to_cstr(
        str_format(test.arena, "/nowhere::%.*s:%.*s:/nowhere",
                   STR_ARG(kube_case_file(&test, "k3d", str_from_cstr(kubeconfig_k3d))),
                   STR_ARG(kube_case_file(&test, "gke", str_from_cstr(kubeconfig_gke)))),
        test.arena);
    assert_true(kubeconfig_find(&test.io, &choice, &target, test.arena, &diags));
    check_str(target.server, "https://0.0.0.0:40781");
    choice.context = STR("gke_project_europe-west1_demo");
    assert_true(kubeconfig_find(&test.io, &choice, &target, test.arena, &diags));
    check_str(target.server, "https://203.0.113.7");
    StrVec paths = {0};
    kubeconfig_default_paths(&test.io, &paths, test.arena);
    assert_int_equal(paths.count, 3);
    kube_case_close(&test);
}

UNIT_MAIN(test_kubeconfig) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cluster_tools), cmocka_unit_test(cloud_plugins),
        cmocka_unit_test(all_members),   cmocka_unit_test(tokens),
        cmocka_unit_test(merging),       cmocka_unit_test(first_wins),
        cmocka_unit_test(bad),           cmocka_unit_test(bad_choices),
        cmocka_unit_test(trust),         cmocka_unit_test(default_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
