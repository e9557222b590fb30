/* kubeadm_member: joins of machines that are copies, removal of nodes whose machines do not
 * respond. */
#include "base64.h"
#include "fake_ssh.h"
#include "kubeadm_provider.h"
#include "kubeadm_refresh.h"
#include "pki.h"
#include "resource_case.h"
#include "skipping_clock.h"
#include "ssh_client.h"

#define LINK "\"user\":\"u\",\"password\":\"p\",\"host_key\":\"k\",\"timeout\":\"10ms\""

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct Exchange {
    const char *request; /* method and path, without parameters at the end */
    const char *body;    /* of the response */
} Exchange;

typedef struct NodeCase {
    ResourceCase c;
    SkippingClock clock;
    FakeSsh fake;
    bool loses;
    Str pki;                   /* as JSON */
    FoundObjects peers;        /* of type kubeadm_join */
    FoundObjects clusters;     /* of type kubeadm_init */
    const Exchange *exchanges; /* of API server and etcd; NULL: they do not respond */
    size_t exchange_count;
    StrBuf requests;
    Http http;
} NodeCase;

static const Exchange removal[] = {
    {"GET /readyz", "ok"},
    {"GET /api/v1/nodes/w9", "{\"metadata\":{\"name\":\"w9\"},\"status\":{\"conditions\":"
                             "[{\"type\":\"Ready\",\"status\":\"Unknown\"}]}}"},
    {"GET /api/v1/nodes?", "{\"items\":[{\"metadata\":{\"name\":\"cp2\"},\"status\":{\"addresses\":"
                           "[{\"type\":\"InternalIP\",\"address\":\"10.0.0.2\"}]}}]}"},
    {"POST /v3/cluster/member/list",
     "{\"members\":[{\"ID\":\"2\",\"name\":\"cp2\",\"peerURLs\":[\"https://10.0.0.2:2380\"],"
     "\"clientURLs\":[\"https://10.0.0.2:2379\"]},"
     "{\"ID\":\"9\",\"name\":\"w9\",\"peerURLs\":[\"https://10.0.0.9:2380\"],"
     "\"clientURLs\":[\"https://10.0.0.9:2379\"]}]}"},
    {"GET /health", "{\"health\":\"true\"}"},
    {"POST /v3/cluster/member/remove", "{}"},
    {"DELETE /api/v1/nodes/w9", "{}"},
};

/* Responds, through a tunnel alone, by the rows above. */
static HttpStatus attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                          HttpResponse *response, Str *problem, Arena *arena) {
    NodeCase *lost = self;
    Str url = request->url;
    Str path = str_after(url, str_find_char(url, '/', sizeof "https://"));
    Str line = str_format(arena, "%.*s %.*s", STR_ARG(request->method), STR_ARG(path));
    *problem = STR("refused");
    if (!lost->exchanges || str_find(url, STR("127.0.0.1:1/"), 0) != SIZE_MAX)
        return HTTP_NO_CONNECTION;
    line = str_format(arena, "%.*s %.*s", STR_ARG(line), STR_ARG(request->body));
    strbuf_add_format(&lost->requests, "%.*s\n", STR_ARG(line));
    for (size_t i = 0; i < lost->exchange_count; i++) {
        if (!str_starts_with(line, str_from_cstr(lost->exchanges[i].request)))
            continue;
        response->code = 200;
        return sink->write(sink->payload, str_from_cstr(lost->exchanges[i].body)) == 0
                   ? HTTP_DONE
                   : HTTP_NOT_KEPT;
    }
    static const Str absent =
        STR_CONST("{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"reason\":\"NotFound\",\"code\":404,"
                  "\"details\":{\"name\":\"w9\",\"kind\":\"nodes\"}}");
    response->code = 404;
    return sink->write(sink->payload, absent) == 0 ? HTTP_DONE : HTTP_NOT_KEPT;
}

static bool loses(void *payload, Str text) {
    NodeCase *lost = payload;
    return lost->loses && str_equal_cstr(text, "10.0.0.9");
}

static void find_objects(void *payload, const char *type, FoundObjects *out) {
    NodeCase *lost = payload;
    if (strcmp(type, "kubeadm_join") == 0)
        *out = lost->peers;
    if (strcmp(type, "kubeadm_init") == 0)
        *out = lost->clusters;
}

static Str quoted(Str text, Arena *arena) {
    return json_text(value_from_str(text), arena);
}

static Str pki_json(Arena *arena) {
    PkiSet set;
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), 1, INT64_C(4000000000), &set, &problem, arena));
    Str ca = quoted(set.ca.certificate, arena), key = quoted(set.ca.key, arena);
    Str pair = str_format(arena, "{\"certificate\":%.*s,\"key\":%.*s}", STR_ARG(ca), STR_ARG(key));
    return str_format(arena,
                      "{\"ca\":%.*s,\"etcd_ca\":%.*s,\"front_proxy_ca\":%.*s,"
                      "\"service_account\":{\"public_key\":\"x\",\"key\":\"x\"}}",
                      STR_ARG(pair), STR_ARG(pair), STR_ARG(pair));
}

static Value node(NodeCase *lost, Str pki, const char *more) {
    Arena *arena = lost->c.arena;
    return case_config(&lost->c,
                       str_to_cstr(str_format(arena,
                                              "{" LINK ",\"kubernetes_version\":\"1.34.4\","
                                              "\"pki\":%.*s,%s}",
                                              STR_ARG(pki), more),
                                   arena));
}

static void add_peer(NodeCase *lost, Str pki, const char *address, const char *more) {
    FoundObject peer = {str_from_cstr(address), node(lost, pki, more)};
    vec_push(lost->c.arena, &lost->peers, peer);
}

/* A lost control plane w9 of a cluster with the given object's further attributes. */
static void open_node(NodeCase *lost, const char *more) {
    *lost = (NodeCase){.c = case_open(&kubeadm_join), .fake = {.silent = "10.0.0.9 10.0.0.3"}};
    ResourceCase *c = &lost->c;
    Str pki = lost->pki = pki_json(c->arena);
    c->io.clock = skipping_clock_open(&lost->clock);
    c->io.ssh = fake_ssh_open(&lost->fake);
    lost->requests = strbuf_new(c->arena);
    lost->http = (Http){.self = lost, .attempt = attempt};
    c->io.http = &lost->http;
    c->call.progress_payload = lost;
    c->call.loses = loses;
    c->call.find_objects = find_objects;
    ObjectBuilder config = object_builder_empty(&schema, c->arena);
    object_builder_set(&config, "plan_timeout", value_from_cstr("10ms"));
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
    Str own = str_format(c->arena,
                         "\"host\":\"10.0.0.9\",\"node_name\":\"w9\",\"id\":\"i\","
                         "\"endpoint\":\"127.0.0.1:1\",\"control_plane\":true%s",
                         more);
    c->state = node(lost, pki, str_to_cstr(own, c->arena));
    add_peer(lost, pki, "peer.live",
             "\"host\":\"10.0.0.2\",\"node_name\":\"cp2\",\"endpoint\":\"127.0.0.1:1\","
             "\"control_plane\":true");
    add_peer(lost, pki, "peer.silent",
             "\"host\":\"10.0.0.3\",\"node_name\":\"cp3\",\"endpoint\":\"127.0.0.1:1\","
             "\"control_plane\":true");
    add_peer(lost, pki, "peer.worker",
             "\"host\":\"10.0.0.4\",\"node_name\":\"w4\",\"endpoint\":\"127.0.0.1:1\","
             "\"control_plane\":false");
    add_peer(lost, pki, "peer.other",
             "\"host\":\"10.0.0.5\",\"node_name\":\"cp5\",\"endpoint\":\"127.0.0.1:2\","
             "\"control_plane\":true");
}

static void close_node(NodeCase *lost) {
    ssh_client_close(lost->c.call.client);
    case_close(&lost->c);
}

static bool says(const NodeCase *lost, const char *text) {
    vec_each(&lost->c.diags, diag) {
        if (str_find(diag->detail, str_from_cstr(text), 0) != SIZE_MAX)
            return true;
    }
    return false;
}

/* The machine may come back, so the node stays. */
static void test_stays(void **state) {
    (void)state;
    NodeCase lost;
    open_node(&lost, "");
    check_refused(&lost.c, case_delete(&lost.c), "Machine does not respond");
    assert_true(says(&lost, "\"w9\""));
    assert_true(says(&lost, "no route"));
    assert_true(says(&lost, "delete_unreachable"));
    assert_true(says(&lost, "loam state rm 'x.y'"));
    assert_true(value_is_present(lost.c.state));
    close_node(&lost);
}

/* The requests go through control planes of the same cluster, then to the endpoint. */
static void test_no_peer(void **) {
    for (int i = 0; i < 2; i++) {
        NodeCase lost;
        open_node(&lost, i == 0 ? "" : ",\"delete_unreachable\":true");
        lost.loses = i == 0;
        check_refused(&lost.c, case_delete(&lost.c), "No control plane of the cluster responds");
        assert_true(says(&lost, "\npeer.live: its API server is not ready"));
        assert_true(says(&lost, "\npeer.silent: "));
        assert_true(says(&lost, "\n127.0.0.1:1: its API server is not ready"));
        assert_false(says(&lost, "peer.worker"));
        assert_false(says(&lost, "peer.other"));
        close_node(&lost);
    }
}

static bool sent(const NodeCase *lost, const char *text) {
    return str_find(strbuf_str(&lost->requests), str_from_cstr(text), 0) != SIZE_MAX;
}

/* The member of etcd and the Node go; a kubelet that does not run cannot drain. */
static void test_leaves(void **) {
    for (int i = 0; i < 2; i++) {
        NodeCase lost;
        open_node(&lost, i == 0 ? "" : ",\"delete_unreachable\":true");
        lost.loses = i == 0;
        lost.exchanges = removal;
        lost.exchange_count = ARRAY_COUNT(removal);
        check_done(&lost.c, case_delete(&lost.c));
        assert_true(sent(&lost, "POST /v3/cluster/member/remove {\"ID\":\"9\"}"));
        assert_true(sent(&lost, "DELETE /api/v1/nodes/w9"));
        assert_false(sent(&lost, "eviction"));
        assert_true(says(&lost, "its files of the cluster stay"));
        assert_int_equal(lost.fake.commands, 0);
        close_node(&lost);
    }
}

static const Exchange joining[] = {
    {"GET /readyz", "ok"},
    {"POST /api/v1/namespaces/kube-system/secrets", "{}"},
    {"GET /api/v1/namespaces/kube-system/secrets?",
     "{\"items\":[{\"metadata\":{\"name\":\"bootstrap-token-x\"}},{\"metadata\":{\"annotations\":"
     "{\"loam.internal/node\":\"w2\",\"loam.internal/machine-id\":\"02\","
     "\"loam.internal/host-name\":\"h2\",\"loam.internal/mac-address\":\"m2\"}}}]}"},
    {"GET /api/v1/nodes ", "{\"items\":[{\"metadata\":{\"name\":\"cp1\"},\"status\":{\"nodeInfo\":"
                           "{\"machineID\":\"01\"}}}]}"},
    {"DELETE /api/v1/namespaces/kube-system/secrets/bootstrap-token-", "{}"},
};

/* A machine is compared with the Nodes, with joins under way, and with the state, before kubeadm
 * runs; the token of the join is deleted. */
static void test_copies(void **state) {
    (void)state;
    static const struct {
        const char *id, *hostname, *mac, *wanted;
    } rows[] = {
        {"01", "h9", "m9", "\"w9\" and \"cp1\" have the same machine-id, 01"},
        {"02", "h9", "m9", "\"w9\" and \"w2\" have the same machine-id, 02"},
        {"09", "h2", "m9", "\"w9\" and \"w2\" have the same host name, h2"},
        {"09", "h9", "m2", "\"w9\" and \"w2\" have the same MAC address, m2"},
        {"09", "h3", "m9", "\"w9\" and \"w3\" have the same host name, h3"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        Str facts = str_format(c->arena,
                               "facts 1\nuser 0\nmachine_id %s\nhostname %s\ninterface e0 %s\n"
                               "address e0 10.0.0.9/24\nversion kubeadm v1.34.4\ntime %lld\nend\n",
                               rows[i].id, rows[i].hostname, rows[i].mac,
                               (long long)c->io.clock->now_ms(c->io.clock->self) / 1000);
        lost.fake.silent = NULL;
        lost.fake.output = str_to_cstr(facts, c->arena);
        lost.exchanges = joining;
        lost.exchange_count = ARRAY_COUNT(joining);
        add_peer(&lost, lost.pki, "peer.w3",
                 "\"host\":\"10.0.0.6\",\"node_name\":\"w3\",\"endpoint\":\"127.0.0.1:1\","
                 "\"hostname\":\"h3\"");
        ObjectBuilder config = object_builder_of(c->state, c->arena);
        object_builder_set(&config, "control_plane", value_bool(false));
        object_builder_set(&config, "id", value_null(&TYPE_STRING));
        Value planned = object_builder_value(&config);
        c->state = value_null(planned.type);
        assert_false(case_call_apply(c, c->state, planned, planned));
        assert_true(says(&lost, rows[i].wanted));
        assert_true(sent(&lost, "DELETE /api/v1/namespaces/kube-system/secrets/"));
        assert_int_equal(lost.fake.commands, 1);
        close_node(&lost);
    }
}

/* kubeadm_join is not created again on a machine that has the node; a machine on which kubeadm has
 * failed is reset, whatever it has written. */
static void test_broken(void **state) {
    (void)state;
    static const struct {
        const char *files;
        bool is_whole;
    } rows[] = {
        {"exists /etc/kubernetes/kubelet.conf\nkubelet_certificate /var/lib/kubelet/pki/a.pem\n",
         true},
        {"exists /etc/kubernetes/kubelet.conf\n", false},
        {"exists /etc/kubernetes/kubelet.conf\nkubelet_certificate /var/lib/kubelet/pki/a.pem\n"
         "unfinished yes\n",
         false},
        {"exists /var/lib/kubelet/config.yaml\n", false},
        {"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        Str mark =
            str_format(c->arena, "{\"id\":\"old\",\"lineage\":\"%.*s\",\"address\":\"%.*s\"}",
                       STR_ARG(c->call.lineage), STR_ARG(c->call.address));
        Str facts = str_format(c->arena,
                               "facts 1\nuser 0\nversion kubeadm v1.34.4\n%smarker %.*s\n"
                               "time %lld\nend\n",
                               rows[i].files, STR_ARG(base64_encode(mark, c->arena)),
                               (long long)c->io.clock->now_ms(c->io.clock->self) / 1000);
        lost.fake.silent = NULL;
        lost.fake.output = str_to_cstr(facts, c->arena);
        lost.exchanges = removal;
        lost.exchange_count = ARRAY_COUNT(removal);
        ObjectBuilder config = object_builder_of(c->state, c->arena);
        object_builder_set(&config, "control_plane", value_bool(false));
        object_builder_set(&config, "id", value_null(&TYPE_STRING));
        Value planned = object_builder_value(&config);
        c->state = value_null(planned.type);
        (void)case_call_apply(c, c->state, planned, planned);
        if (sent(&lost, "GET /api/v1/nodes/w9") != rows[i].is_whole)
            fail_msg("row %zu: %.*s", i, STR_ARG(c->diags.items[0].detail));
        assert_true(rows[i].is_whole || lost.fake.commands > 1);
        close_node(&lost);
    }
}

static Value open_host(NodeCase *lost) {
    ResourceCase *c = &lost->c;
    open_node(lost, "");
    c->type = &kubeadm_host;
    c->schema = &kubeadm_host.schema;
    c->call.type = &kubeadm_host.type;
    return case_config(c, "{" LINK ",\"host\":\"10.0.0.9\",\"kubernetes_version\":\"1.34.4\"}");
}

static Value configured(void *payload) {
    return *(const Value *)payload;
}

/* A plan assumes that a silent machine is unchanged. A machine with another host key is an error,
 * unless the configuration has that key. */
static void test_refused(void **state) {
    (void)state;
    static const struct {
        SshStatus status;
        const char *key; /* in the configuration */
        bool is_good;
    } rows[] = {
        {SSH_NO_RESPONSE, "k", true},       {SSH_HOST_KEY_DIFFERS, "k", false},
        {SSH_HOST_KEY_UNKNOWN, "k", false}, {SSH_HOST_CERTIFICATE, "k", false},
        {SSH_LOGIN_REFUSED, "k", false},    {SSH_HOST_KEY_DIFFERS, "l", true},
    };
    static const ResourceType *const types[] = {&kubeadm_join, &kubeadm_host};
    for (size_t i = 0; i < ARRAY_COUNT(rows) * ARRAY_COUNT(types); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        const ResourceType *type = types[i % ARRAY_COUNT(types)];
        Value stored = c->state;
        if (type == &kubeadm_host) {
            close_node(&lost);
            stored = open_host(&lost);
        }
        lost.fake.silent = NULL;
        lost.fake.status = rows[i / ARRAY_COUNT(types)].status;
        Value wanted = object_with_text(stored, "host_key",
                                        str_from_cstr(rows[i / ARRAY_COUNT(types)].key), c->arena);
        ReadRequest request = {.state = stored, .configured = configured, .payload = &wanted};
        ReadResponse response;
        bool is_good = rows[i / ARRAY_COUNT(types)].is_good;
        assert_int_equal(resource_type_read(case_call(c), &request, &response, &c->diags), is_good);
        assert_int_equal(c->diags.error_count, !is_good);
        assert_int_equal(c->diags.count, 1);
        close_node(&lost);
    }
}

/* The first signal stops a preparation, and the error says that it continues. */
static void test_interrupted_host(void **state) {
    (void)state;
    NodeCase lost;
    Value planned = open_host(&lost);
    ResourceCase *c = &lost.c;
    CancelToken *cancel = cancel_open();
    c->call.cancel = cancel;
    c->state = value_null(planned.type);
    cancel_raise(cancel, CANCEL_STOP);
    assert_false(case_call_apply(c, c->state, planned, planned));
    assert_int_equal(c->diags.count, 1);
    check_str(c->diags.items[0].summary, "Interrupted");
    assert_true(says(&lost, "The next apply continues it"));
    cancel_close(cancel);
    close_node(&lost);
}

/* kubeadm_host is deleted before its machine. No node is asked to leave if there is none. */
static void test_deleted_host(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        NodeCase lost;
        Value host = open_host(&lost);
        lost.c.state = host;
        lost.loses = i == 0;
        check_done(&lost.c, case_delete(&lost.c));
        assert_int_equal(lost.fake.commands, 0);
        close_node(&lost);
    }
}

static const Exchange leaving[] = {
    {"GET /readyz", "ok"},
    {"GET /api/v1/nodes/w9", "{\"metadata\":{\"name\":\"w9\"}}"},
    {"PATCH /api/v1/nodes/w9", "{}"},
    {"GET /api/v1/pods?", "{\"items\":[]}"},
    {"GET /api/v1/nodes?", "{\"items\":[{\"metadata\":{\"name\":\"cp2\"},\"status\":{\"addresses\":"
                           "[{\"type\":\"InternalIP\",\"address\":\"10.0.0.2\"}]}}]}"},
    {"POST /v3/cluster/member/list",
     "{\"members\":[{\"ID\":\"2\",\"name\":\"cp2\",\"peerURLs\":[\"https://10.0.0.2:2380\"],"
     "\"clientURLs\":[\"https://10.0.0.2:2379\"]},"
     "{\"ID\":\"9\",\"name\":\"w9\",\"peerURLs\":[\"https://10.0.0.9:2380\"],"
     "\"clientURLs\":[\"https://10.0.0.9:2379\"]}]}"},
    {"GET /health", "{\"health\":\"true\"}"},
    {"POST /v3/cluster/member/remove", "{}"},
};

/* The machine of kubeadm_init is replaced, and the cluster stays: the node is drained, and its
 * member of etcd leaves, before the reset. A machine that stays, and the last control plane, keep
 * their node. */
static void test_leaves_before_its_machine(void **state) {
    (void)state;
    static const struct {
        bool loses;
        size_t exchanges; /* 4: the list of Nodes is missing */
        bool leaves;
    } rows[] = {
        {true, ARRAY_COUNT(leaving), true},
        {false, ARRAY_COUNT(leaving), false},
        {true, 4, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        Value host = open_host(&lost);
        ResourceCase *c = &lost.c;
        const Schema *schema_of_host = c->schema;
        c->schema = &kubeadm_init.schema;
        FoundObject cluster = {STR("kubeadm_init.main"),
                               node(&lost, lost.pki,
                                    "\"host\":\"10.0.0.9\",\"node_name\":\"w9\",\"id\":\"i\","
                                    "\"endpoint\":\"127.0.0.1:1\"")};
        c->schema = schema_of_host;
        vec_push(c->arena, &lost.clusters, cluster);
        Str mark = base64_encode(STR("{\"id\":\"i\"}"), c->arena);
        Str facts = str_format(
            c->arena,
            "facts 1\nuser 0\nexists /etc/kubernetes/kubelet.conf\nkubelet_certificate /a.pem\n"
            "exists /etc/kubernetes/manifests/kube-apiserver.yaml\nmarker %.*s\ntime %lld\nend\n",
            STR_ARG(mark), (long long)c->io.clock->now_ms(c->io.clock->self) / 1000);
        lost.fake.silent = NULL;
        lost.fake.output = str_to_cstr(facts, c->arena);
        lost.exchanges = leaving;
        lost.exchange_count = rows[i].exchanges;
        lost.loses = rows[i].loses;
        c->state = host;
        /* The fake machine reports no end of the reset. */
        assert_int_equal(case_delete(c), !rows[i].leaves);
        assert_int_equal(sent(&lost, "PATCH /api/v1/nodes/w9"), rows[i].leaves);
        assert_int_equal(sent(&lost, "POST /v3/cluster/member/remove {\"ID\":\"9\"}"),
                         rows[i].leaves);
        close_node(&lost);
    }
}

static bool makes_machine(void *) {
    return true;
}

/* The plan of new objects connects to their machine once, unless the plan creates it. */
static void test_greeting(void **state) {
    (void)state;
    static const struct {
        SshStatus status;
        bool is_made;
        size_t errors, warnings;
        uintptr_t connections;
    } rows[] = {
        {SSH_DONE, false, 0, 0, 1},
        {SSH_NO_RESPONSE, false, 0, 1, 1},
        {SSH_LOGIN_REFUSED, false, 0, 1, 1},
        {SSH_HOST_KEY_DIFFERS, false, 1, 0, 1},
        {SSH_HOST_KEY_DIFFERS, true, 0, 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        size_t errors = 0, warnings = 0;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        c->call.is_planning = true;
        c->call.makes_machine = rows[i].is_made ? makes_machine : NULL;
        lost.fake.silent = NULL;
        lost.fake.status = rows[i].status;
        c->state = value_null(c->state.type);
        for (int n = 0; n < 2; n++) {
            Str json = str_format(
                c->arena,
                "{\"user\":\"u\",\"password\":\"p\",\"host_key\":\"k\",\"timeout\":\"1ms\","
                "\"host\":\"10.0.0.9\",\"node_name\":\"w%d\","
                "\"endpoint\":\"127.0.0.1:1\",\"kubernetes_version\":\"1.34.4\","
                "\"pki\":%.*s}",
                n, STR_ARG(lost.pki));
            (void)case_plan(c, str_to_cstr(json, c->arena));
            errors += c->diags.error_count;
            warnings += c->diags.count - c->diags.error_count;
        }
        assert_int_equal(errors, rows[i].errors);
        assert_int_equal(warnings, rows[i].warnings);
        if (rows[i].status != SSH_NO_RESPONSE || rows[i].connections == 0)
            assert_int_equal(lost.fake.connected, rows[i].connections);
        close_node(&lost);
    }
}

#define KUBELET(fails)                                                                             \
    ",\"kubelet\":{\"value\":{\"failCgroupV1\":" fails                                             \
    "},\"type\":[\"object\",{\"failCgroupV1\":\"bool\"}]}"

static void add_cluster(NodeCase *lost, const char *kubelet) {
    ResourceCase *c = &lost->c;
    c->schema = &kubeadm_init.schema;
    Str more = str_format(
        c->arena, "\"host\":\"10.0.0.1\",\"node_name\":\"cp1\",\"endpoint\":\"127.0.0.1:1\"%s",
        kubelet);
    FoundObject cluster = {STR("kubeadm_init.main"),
                           node(lost, lost->pki, str_to_cstr(more, c->arena))};
    c->schema = &kubeadm_join.schema;
    vec_push(c->arena, &lost->clusters, cluster);
}

/* The plan of a node that joins or gets another version reads its machine, if the cluster has such
 * a rule and is known. */
static void test_cgroup(void **) {
    static const struct {
        const char *kubelet; /* of the kubeadm_init; NULL: there is none */
        const char *facts, *from, *to;
        size_t errors, warnings;
    } rows[] = {
        {"", "cgroup tmpfs", NULL, "1.35.4", 1, 0},
        {"", "cgroup tmpfs", "1.34.4", "1.35.4", 1, 0},
        {"", "cgroup tmpfs", "1.35.4", "1.35.4", 0, 0},
        {"", "cgroup tmpfs", "1.33.4", "1.34.4", 0, 0},
        {"", "cgroup cgroup2fs", NULL, "1.35.4", 0, 0},
        {"", "cgroup cgroup2fs", "1.34.4", "1.35.4", 0, 0},
        {KUBELET("false"), "cgroup tmpfs", NULL, "1.35.4", 0, 1},
        {KUBELET("false"), "cgroup tmpfs", "1.34.4", "1.35.4", 0, 1},
        {NULL, "cgroup tmpfs", NULL, "1.35.4", 0, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        c->call.is_planning = true;
        lost.fake.silent = NULL;
        lost.fake.output = str_to_cstr(
            str_format(c->arena, "facts 1\nuser 0\n%s\ntime 1\nend\n", rows[i].facts), c->arena);
        if (rows[i].kubelet)
            add_cluster(&lost, rows[i].kubelet);
        c->state = rows[i].from ? object_with_text(c->state, "kubernetes_version",
                                                   str_from_cstr(rows[i].from), c->arena)
                                : value_null(c->state.type);
        Str json =
            str_format(c->arena,
                       "{" LINK ",\"host\":\"10.0.0.9\",\"node_name\":\"w9\",\"endpoint\":"
                       "\"127.0.0.1:1\",\"control_plane\":true,\"kubernetes_version\":\"%s\","
                       "\"pki\":%.*s}",
                       rows[i].to, STR_ARG(lost.pki));
        assert_int_equal(case_plan(c, str_to_cstr(json, c->arena)), rows[i].errors == 0);
        assert_int_equal(c->diags.error_count, rows[i].errors);
        assert_int_equal(c->diags.count, rows[i].errors + rows[i].warnings);
        if (c->diags.count)
            check_str(c->diags.items[0].summary, "Machine with cgroup v1");
        close_node(&lost);
    }
}

/* Another machine at the address of a lost one is not the lost one; else its key is an error. */
static void test_other_machine(void **) {
    for (int i = 0; i < 2; i++) {
        NodeCase lost;
        open_node(&lost, "");
        lost.fake.silent = NULL;
        lost.fake.status = SSH_HOST_KEY_DIFFERS;
        lost.loses = i == 0;
        assert_false(case_delete(&lost.c));
        assert_int_equal(lost.c.diags.error_count, 1);
        assert_int_equal(says(&lost, "peer.live: "), i == 0);
        close_node(&lost);
    }
}

/* Nothing is asked of a cluster that is deleted as a whole. */
static void test_whole_cluster(void **) {
    NodeCase lost;
    open_node(&lost, "");
    lost.c.private_data = STR("cluster");
    assert_false(case_delete(&lost.c));
    lost.c.private_data = STR("cluster");
    lost.loses = true;
    check_done(&lost.c, case_delete(&lost.c));
    assert_true(says(&lost, "its files of the cluster stay"));
    close_node(&lost);
}

static bool warns(const NodeCase *lost, const char *summary) {
    vec_each(&lost->c.diags, diag) {
        if (str_equal_cstr(diag->summary, summary))
            return diag->severity == DIAG_WARNING;
    }
    return false;
}

/* A kubelet that is not active, and with it one that ends again and again, is a warning of the
 * refresh; the object stays. */
static void test_stopped_kubelet(void **state) {
    (void)state;
    static const struct {
        const char *facts;
        bool is_warned;
    } rows[] = {
        {"init systemd\nactive containerd\nactive kubelet\n", false},
        {"init systemd\nactive containerd\n", true},
        {"init systemd\n", true},
        {"init openrc\n", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        Str mark = str_format(c->arena, "{\"id\":\"i\",\"lineage\":\"%.*s\",\"address\":\"%.*s\"}",
                              STR_ARG(c->call.lineage), STR_ARG(c->call.address));
        ObjectBuilder stored = object_builder_of(c->state, c->arena);
        object_builder_set(&stored, "control_plane", value_bool(false));
        c->state = object_builder_value(&stored);
        lost.fake.silent = NULL;
        lost.fake.output =
            str_to_cstr(str_format(c->arena,
                                   "facts 1\nuser 0\n%sversion kubeadm v1.34.4\n"
                                   "exists /etc/kubernetes/kubelet.conf\n"
                                   "kubelet_certificate /var/lib/kubelet/pki/a.pem\n"
                                   "marker %.*s\ntime %lld\nend\n",
                                   rows[i].facts, STR_ARG(base64_encode(mark, c->arena)),
                                   (long long)c->io.clock->now_ms(c->io.clock->self) / 1000),
                        c->arena);
        check_done(c, case_read(c));
        assert_true(value_is_present(c->state));
        assert_int_equal(warns(&lost, "Kubelet does not run"), rows[i].is_warned);
        assert_int_equal(says(&lost, "\"w9\""), rows[i].is_warned);
        assert_int_equal(says(&lost, "on 10.0.0.9."), rows[i].is_warned);
        close_node(&lost);
    }
}

/* An upgrade begins only with programs of its version; a kubelet that waits for it counts before
 * the one that runs. */
static void test_older_programs(void **state) {
    (void)state;
    static const struct {
        const char *facts, *wanted;
    } rows[] = {
        {"version kubeadm v1.33.13\nversion kubelet v1.34.4\n", "10.0.0.9 has kubeadm v1.33.13."},
        {"version kubeadm v1.34.4\nversion kubelet v1.33.13\n", "10.0.0.9 has kubelet v1.33.13."},
        {"version kubeadm v1.34.4\nversion kubelet v1.34.4\nstaged_kubelet v1.33.13\n",
         "10.0.0.9 has kubelet v1.33.13."},
        {"version kubelet v1.34.4\n", "10.0.0.9 has kubeadm ."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        NodeCase lost;
        open_node(&lost, "");
        ResourceCase *c = &lost.c;
        lost.fake.silent = NULL;
        lost.fake.output =
            str_to_cstr(str_format(c->arena, "facts 1\nuser 0\n%stime %lld\nend\n", rows[i].facts,
                                   (long long)c->io.clock->now_ms(c->io.clock->self) / 1000),
                        c->arena);
        ObjectBuilder prior = object_builder_of(c->state, c->arena);
        object_builder_set(&prior, "kubernetes_version", value_from_cstr("1.33.13"));
        Value planned = c->state;
        c->state = object_builder_value(&prior);
        assert_false(case_call_apply(c, c->state, planned, planned));
        assert_true(says(&lost, rows[i].wanted));
        assert_int_equal(lost.fake.commands, 1);
        close_node(&lost);
    }
}

#define READY(name, conditions)                                                                    \
    "{\"metadata\":{\"name\":\"" name "\"},\"status\":{\"conditions\":[" conditions "]}}"

/* The refresh of the cluster warns of the Nodes that are not ready, in one warning. */
static void test_unready_nodes(void **state) {
    (void)state;
    static const Exchange some[] = {
        {"GET /readyz", "ok"},
        {"GET /api/v1/nodes ",
         "{\"items\":[" READY("cp1", "{\"type\":\"Ready\",\"status\":\"True\"}") "," READY(
             "w1", "{\"type\":\"Ready\",\"status\":\"Unknown\",\"message\":\"no "
                   "heartbeat\"}") "," READY("w2", "") "]}"},
    };
    static const Exchange all[] = {
        {"GET /readyz", "ok"},
        {"GET /api/v1/nodes",
         "{\"items\":[" READY("cp1", "{\"type\":\"Ready\",\"status\":\"True\"}") "]}"},
    };
    for (int i = 0; i < 3; i++) {
        NodeCase lost;
        open_node(&lost, "");
        ObjectBuilder stored = object_builder_of(lost.c.state, lost.c.arena);
        object_builder_set(&stored, "endpoint", value_from_cstr("127.0.0.1:6443"));
        lost.c.state = object_builder_value(&stored);
        lost.fake.silent = NULL;
        lost.exchanges = i == 0 ? some : i == 1 ? all : NULL;
        lost.exchange_count = i == 0 ? ARRAY_COUNT(some) : ARRAY_COUNT(all);
        lost.c.diags = diags_new(lost.c.arena);
        assert_true(kubeadm_refresh_nodes(case_call(&lost.c), &lost.c.state, &lost.c.diags));
        assert_int_equal(warns(&lost, "Nodes not ready"), i == 0);
        assert_int_equal(says(&lost, "w1: no heartbeat\nw2: its kubelet has not reported yet"),
                         i == 0);
        assert_false(says(&lost, "cp1"));
        assert_int_equal(warns(&lost, "State of the nodes unknown"), i == 2);
        assert_int_equal(lost.c.diags.count, i == 1 ? 0 : 1);
        close_node(&lost);
    }
}

UNIT_MAIN(test_kubeadm_member) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stopped_kubelet), cmocka_unit_test(test_unready_nodes),
        cmocka_unit_test(test_stays),           cmocka_unit_test(test_copies),
        cmocka_unit_test(test_no_peer),         cmocka_unit_test(test_leaves),
        cmocka_unit_test(test_other_machine),   cmocka_unit_test(test_whole_cluster),
        cmocka_unit_test(test_broken),          cmocka_unit_test(test_refused),
        cmocka_unit_test(test_greeting),        cmocka_unit_test(test_interrupted_host),
        cmocka_unit_test(test_deleted_host),    cmocka_unit_test(test_leaves_before_its_machine),
        cmocka_unit_test(test_older_programs),  cmocka_unit_test(test_cgroup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
