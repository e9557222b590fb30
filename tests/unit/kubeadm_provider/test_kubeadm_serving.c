/* kubeadm_serving: requests of kubelets that a refresh finds, that a plan shows, and that an update
 * approves; certificates that end. */
#include "changed_cluster.h"
#include "kubeadm_serving.h"
#include "kubelet_request.h"
#include "pki_client.h"

#define ASKS     "{\"serverTLSBootstrap\":true}"
#define DAY      INT64_C(86400)
#define ACCEPTED "{\"type\":\"Approved\",\"status\":\"True\"}"
#define OF(n, ip)                                                                                  \
    {                                                                                              \
        NULL, "system:node:cp" n, "system:nodes", "DNS:cp" n ",IP:" ip, "system:node:cp" n,        \
            GROUPS, USAGES, NULL                                                                   \
    }

/* The digits of a name are the second in which the request was made. */
typedef struct Waiting {
    KubeletRequest request;
    const char *name;
    const char *conditions;
} Waiting;

static const Waiting all[] = {
    {OF("1", "10.0.0.1"), "one", ACCEPTED}, {OF("2", "10.0.0.2"), "old", ""},
    {OF("2", "10.0.0.2"), "newer", ""},     {OF("3", "10.0.0.99"), "bad", ""},
    {OF("9", "10.0.0.9"), "unknown", ""},
};

static void set_requests(Cluster *cluster, const Waiting *rows, size_t count) {
    StrVec items = {0};
    for (size_t i = 0; i < count; i++)
        vec_push(cluster->c.arena, &items,
                 kubelet_request_object(&rows[i].request, rows[i].name, rows[i].conditions,
                                        cluster->c.arena));
    cluster->requests = str_join(items.items, items.count, STR(","), cluster->c.arena);
}

/* `kubelet` is that of the cluster, `patch` that of the last node. */
static Value open_serving(Cluster *cluster, const char *kubelet, const char *patch) {
    Value prior, planned;
    open_cluster(cluster);
    make_objects(cluster, FLAG("old"), FLAG("old"), &prior, &planned);
    FoundObject *last = &cluster->joins.items[MEMBERS - 2];
    last->object = with_fields(&cluster->c, last->object, "kubelet_patch", patch);
    set_requests(cluster, all, ARRAY_COUNT(all));
    cluster->c.diags = diags_new(cluster->c.arena);
    return with_fields(&cluster->c, prior, "kubelet", kubelet);
}

static Str waiting_in(const Cluster *cluster, Value state) {
    return json_text(object_attribute(state, "serving_requests"), cluster->c.arena);
}

static void test_refresh(void **) {
    static const struct {
        const char *kubelet, *patch;
        const char *waiting;
        const char *log;
    } rows[] = {
        {ASKS, "{}", "{\"cp2\":\"newer\"}", "requests "},
        {"{}", ASKS, "{\"cp2\":\"newer\"}", "requests "},
        {"{\"serverTLSBootstrap\":false}", "{}", "null", ""},
        {"{}", "{}", "null", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value state = open_serving(&cluster, rows[i].kubelet, rows[i].patch);
        ResourceCase *c = &cluster.c;
        assert_true(kubeadm_refresh_nodes(case_call(c), &state, &c->diags));
        check_str(waiting_in(&cluster, state), rows[i].waiting);
        check_str(strbuf_str(&cluster.log), rows[i].log);
        bool is_warned = says(&cluster, "The request \"bad\" of the kubelet of \"cp3\" is not "
                                        "approved. It has the address 10.0.0.99");
        assert_int_equal(is_warned, *rows[i].log != '\0');
        assert_int_equal(c->diags.count, is_warned);
        assert_int_equal(c->diags.error_count, 0);
        close_cluster(&cluster);
    }
}

/* A former result is dropped when no request waits any more. */
static void test_none_waits(void **) {
    Cluster cluster;
    Value state = open_serving(&cluster, ASKS, "{}");
    ResourceCase *c = &cluster.c;
    state = with_fields(c, state, "serving_requests", "{\"cp2\":\"newer\"}");
    cluster.requests = STR_EMPTY;
    assert_true(kubeadm_refresh_nodes(case_call(c), &state, &c->diags));
    check_str(waiting_in(&cluster, state), "null");
    assert_int_equal(c->diags.count, 0);
    close_cluster(&cluster);
}

static void update(Cluster *cluster, Value prior) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    assert_true(kubeadm_node_open(case_call(c), prior, STR("i0"), &link, &node, &c->diags));
    node.is_control_plane = true;
    assert_true(kubeadm_serving_update(&node, prior, &c->diags));
}

/* Only requests of the planned nodes are approved, and the rules hold in the apply, too. */
static void test_update(void **) {
    static const Waiting bad = {OF("2", "10.0.0.99"), "newest-one", ""};
    static const struct {
        const char *planned;
        bool is_bad;
        const char *log;
    } rows[] = {
        {"null", false, ""},
        {"{\"cp2\":\"newer\"}", false, "requests requests approves newer "},
        {"{\"cp2\":\"newer\"}", true, "requests "},
        {"{\"cp1\":\"one\"}", false, "requests "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior = open_serving(&cluster, ASKS, "{}");
        if (*rows[i].planned != 'n')
            prior = with_fields(&cluster.c, prior, "serving_requests", rows[i].planned);
        if (rows[i].is_bad)
            set_requests(&cluster, &bad, 1);
        update(&cluster, prior);
        check_str(strbuf_str(&cluster.log), rows[i].log);
        assert_int_equal(says(&cluster, "\"newest-one\""), rows[i].is_bad);
        close_cluster(&cluster);
    }
}

/* The plan is an update in place that empties the attribute. */
static void test_plan(void **) {
    static const struct {
        const char *waiting;
        size_t notes;
        const char *note;
    } rows[] = {
        {"{\"w1\":\"csr-1\"}", 1, "approves the serving certificate of w1 that waits (csr-1)"},
        {"{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"d\":\"4\",\"e\":\"5\",\"f\":\"6\"}", 1,
         "approves the serving certificates of 6 nodes that wait"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value state = open_serving(&cluster, ASKS, "{}");
        ResourceCase *c = &cluster.c;
        Value prior = with_fields(c, state, "serving_requests", rows[i].waiting);
        PlanRequest request = {.prior = prior, .proposed = prior, .config = state};
        PlanResponse response = {0};
        ObjectBuilder planned = object_builder_of(prior, c->arena);
        kubeadm_serving_plan(case_call(c), &request, &planned, &response);
        check_str(waiting_in(&cluster, object_builder_value(&planned)), "null");
        assert_int_equal(response.notes.count, rows[i].notes);
        check_str(response.notes.items[0].text, rows[i].note);
        close_cluster(&cluster);
    }
}

/* Kubelets ask before the last tenth of the validity, so shorter lives have no warning before. */
static void test_ends(void **) {
    static const struct {
        int64_t age, left; /* days */
        const char *text;  /* NULL: no warning */
    } rows[] = {
        {334, 31, NULL}, {336, 29, "in 29 days"}, {366, -1, "expired on"},
        {1, 29, NULL},   {28, 2, "in 2 days"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiSet set;
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), 0, INT64_C(4000000000), &set, &problem, arena));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value state = open_serving(&cluster, ASKS, "{}");
        SCOPED(SshLink) link = {0};
        KubeadmNode node;
        ResourceCase *c = &cluster.c;
        int64_t now = call_planned_ms(case_call(c)) / 1000;
        PkiClient client = {.user = STR("x"),
                            .start = now - rows[i].age * DAY,
                            .end = now + rows[i].left * DAY + 60};
        PkiPair made;
        assert_true(pki_client_make(&client, &set.ca, &made, &problem, arena));
        HostFacts facts = {.serving_certificate = made.certificate};
        assert_true(kubeadm_node_open(case_call(c), state, STR("i0"), &link, &node, &c->diags));
        kubeadm_serving_warn(&node, &facts, &c->diags);
        assert_int_equal(c->diags.count, rows[i].text ? 1 : 0);
        assert_true(!rows[i].text || says(&cluster, rows[i].text));
        facts.serving_certificate = STR_EMPTY;
        kubeadm_serving_warn(&node, &facts, &c->diags);
        assert_int_equal(c->diags.count, rows[i].text ? 1 : 0);
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_serving) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refresh), cmocka_unit_test(test_none_waits),
        cmocka_unit_test(test_update),  cmocka_unit_test(test_plan),
        cmocka_unit_test(test_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
