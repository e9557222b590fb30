/* kubeadm_kubelet: changes of kubelets, with a death at each of their commands. lab/kubelet_step
 * has a real one. */
#include "changed_cluster.h"
#include "kubeadm_kubelet.h"
#include "kubelet_flags.h"

/* A worker, and the kubelets of the objects. */
static void make_kubelets(Cluster *cluster, const char *before, const char *after,
                          const char *patch, Value *prior, Value *planned) {
    ResourceCase *c = &cluster->c;
    make_objects(cluster, FLAG("old"), FLAG("old"), prior, planned);
    cluster->kubelet = STR(KUBELET("110"));
    *prior = with_fields(c, *prior, "kubelet", before);
    *planned = with_fields(c, *planned, "kubelet", after);
    c->type = &kubeadm_join;
    c->schema = &kubeadm_join.schema;
    Value object = cluster_object(cluster, MEMBERS, pki_json(c->arena), "");
    FoundObject join = {STR("kubeadm_join.w"), with_fields(c, object, "kubelet_patch", patch)};
    vec_push(c->arena, &cluster->joins, join);
    c->type = &kubeadm_init;
    c->schema = &kubeadm_init.schema;
}

static void check_kubelets(const Cluster *cluster, const char *text) {
    for (size_t i = 0; i < NODES; i++)
        check_str(cluster->machines[i].kubelet, text);
    check_str(cluster->kubelet, text);
    check_str(cluster->former, "");
}

/* Control planes, then the worker; fields that the object does not name stay. */
static void test_kubelets(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":200}", "{\"podPidsLimit\":5}",
                  &prior, &planned);
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 1);
    check_str(response.notes.items[0].text,
              "kubelet on cp1, cp2, cp3, cp4, at most 1 at once: ~ maxPods 110 -> 200");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "kubelet1 kubelet2 kubelet3 kubelet4 ");
    assert_true(has(cluster.input, "{\"podPidsLimit\":5}"));
    check_kubelets(&cluster, KUBELET("200"));
    check_str(value_in(cluster.live, cluster.c.arena), "old");
    close_cluster(&cluster);
}

/* A kubelet that begins to ask for its serving certificate shows nothing before it has it. */
static void test_kubelet_serving(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{}", "{\"serverTLSBootstrap\":true}", "{}", &prior, &planned);
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "kubelet1 requests kubelet2 requests kubelet3 requests "
                                        "kubelet4 requests ");
    close_cluster(&cluster);
}

#define VERIFIES                                                                                   \
    "\"api_server\":{\"extra_args\":[{\"name\":\"profiling\",\"value\":\"new\"},{\"name\":"        \
    "\"kubelet-certificate-authority\",\"value\":\"/etc/kubernetes/pki/ca.crt\"}]}"

/* API servers that verify kubelets reach only those that have a certificate of the cluster: such
 * kubelets come first, and go last. */
static void test_kubelet_order(void **) {
    for (int is_off = 0; is_off < 2; is_off++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_kubelets(&cluster, "{}", "{\"serverTLSBootstrap\":true}", "{}", &prior, &planned);
        Value hardened =
            with_fields(&cluster.c, init_of(&cluster, pki_json(cluster.c.arena), VERIFIES, false),
                        "kubelet", "{\"serverTLSBootstrap\":true}");
        cluster.has_certificates = is_off;
        if (!run(&cluster, is_off ? hardened : prior, is_off ? prior : hardened))
            fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
        check_str(strbuf_str(&cluster.log),
                  is_off ? "cp1=old cp2=old cp3=old kubelet1 kubelet2 kubelet3 kubelet4 "
                         : "kubelet1 requests kubelet2 requests kubelet3 requests kubelet4 "
                           "requests cp1=new cp2=new cp3=new ");
        close_cluster(&cluster);
    }
}

/* The kubelet shows its defaults for a field that no argument gives any more. A policy that is
 * removed needs a node without pods, as one that is given. */
static void test_kubelet_removal(void **) {
    static const struct {
        const char *before, *log;
    } rows[] = {
        {"{\"logging\":{\"verbosity\":4}}", "kubelet1 kubelet2 kubelet3 kubelet4 "},
        {"{\"cpuManagerPolicy\":\"static\"}",
         "kubelet1 drained reset kubelet2 drained reset kubelet3 drained reset kubelet4 drained "
         "reset "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_kubelets(&cluster, rows[i].before, "{}", "{}", &prior, &planned);
        cluster.kubelet = str_from_cstr(rows[i].before);
        cluster.writes_zeros = true;
        if (!run(&cluster, prior, planned))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.c.diags.items[0].detail));
        check_str(strbuf_str(&cluster.log), rows[i].log);
        close_cluster(&cluster);
    }
}

/* A policy needs a node without pods. */
static void test_kubelet_drain(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{}", "{\"cpuManagerPolicy\":\"static\"}", "{}", &prior, &planned);
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(
        response.notes.items[0].text,
        "kubelet on cp1, cp2, cp3, cp4, at most 1 at once: + cpuManagerPolicy=\"static\"; each "
        "node is drained for cpuManagerPolicy");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(
        strbuf_str(&cluster.log),
        "kubelet1 drained reset kubelet2 drained reset kubelet3 drained reset kubelet4 drained "
        "reset ");
    for (size_t i = 0; i < NODES; i++)
        assert_false(cluster.machines[i].is_cordoned);
    close_cluster(&cluster);
}

/* The first kubelet rejects the field: the cluster has its former configuration. */
static void test_kubelet_rollback(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":999}", "{}", &prior, &planned);
    assert_false(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "kubelet1 rolled back ");
    assert_true(says(&cluster, "The former one is back, and the kubelet responds. The end of its "
                               "log: not valid"));
    check_kubelets(&cluster, KUBELET("110"));
    cluster.bad_status = 21;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "look at the machine"));
    assert_true(cluster.former.len > 0);
    /* Without its ConfigMap, the configuration is not known. */
    cluster.former = cluster.kubelet = STR_EMPTY;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "\"kubelet-config\""));
    close_cluster(&cluster);
}

/* As test_deaths. */
static void test_kubelet_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int kind = 0; kind < 4; kind++) {
            Cluster cluster;
            Value prior, planned;
            open_cluster(&cluster);
            make_kubelets(&cluster, "{\"maxPods\":110}", "{\"maxPods\":200}", "{}", &prior,
                          &planned);
            cluster.death = death;
            cluster.dies_after = kind & 1;
            ends = run(&cluster, prior, planned) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            bool is_done = !cluster.former.len && has(cluster.machines[NODES - 1].kubelet, "200");
            bool goes_back = (kind & 2) && !ends && !is_done;
            if (!ends && !run(&cluster, prior, goes_back ? prior : planned))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            check_kubelets(&cluster, goes_back ? KUBELET("110") : KUBELET("200"));
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 80);
}

/* Flags of one node. */

#define FLAGS(items)        "{\"node_registration\":{\"kubelet_extra_args\":[" items "]}}"
#define ONE(name, value)    "{\"name\":\"" name "\",\"value\":\"" value "\"}"
#define WORKER(join)        ",\"join\":" join
#define CONTROL_PLANE(init) ",\"is_member\":true,\"init\":" init

/* Makes objects of the node i, of the type. */
static void make_node(Cluster *cluster, const ResourceType *type, size_t i, const char *before,
                      const char *after, Value *prior, Value *planned) {
    ResourceCase *c = &cluster->c;
    Str pki = pki_json(c->arena);
    c->type = type;
    c->schema = &type->schema;
    c->call.type = &type->type;
    *prior = cluster_object(cluster, i, pki, before);
    *planned = cluster_object(cluster, i, pki, after);
}

static bool plan_flags(Cluster *cluster, Value prior, Value planned, PlanResponse *out) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = prior, .proposed = planned, .config = planned};
    *out = (PlanResponse){0};
    c->diags = diags_new(c->arena);
    c->call.is_planning = true;
    return kubeadm_kubelet_plan_flags(case_call(c), &request, out, &c->diags);
}

static bool update(Cluster *cluster, size_t i, Value prior, Value planned) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    Str id = str_format(c->arena, "i%zu", i);
    c->diags = diags_new(c->arena);
    c->call.is_planning = false;
    assert_true(kubeadm_node_open(case_call(c), planned, id, &link, &node, &c->diags));
    return kubeadm_kubelet_update(&node, prior, &c->diags);
}

/* Both types: only the kubelet of the node changes, without the configuration of the cluster. */
static void test_flags(void **) {
    static const struct {
        const ResourceType *type;
        size_t i;
        const char *before, *after, *note;
    } rows[] = {
        {&kubeadm_init, 0, CONTROL_PLANE(FLAGS(ONE("v", "2"))),
         CONTROL_PLANE(FLAGS(ONE("v", "4") "," ONE("max-pods", "50"))),
         "kubelet on cp1: ~ --v \"2\" -> \"4\" + --max-pods=50"},
        {&kubeadm_init, 0, ",\"is_member\":true", CONTROL_PLANE(FLAGS(ONE("v", "4"))),
         "kubelet on cp1: + --v=4"},
        {&kubeadm_join, 2, WORKER(FLAGS(ONE("v", "2"))), "", "kubelet on cp3: - --v"},
        {&kubeadm_join, 2, "", WORKER(FLAGS(ONE("cpu-manager-policy", "static"))),
         "kubelet on cp3: + --cpu-manager-policy=static; the node is drained for cpuManagerPolicy"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response;
        open_cluster(&cluster);
        make_node(&cluster, rows[i].type, rows[i].i, rows[i].before, rows[i].after, &prior,
                  &planned);
        assert_true(plan_flags(&cluster, prior, planned, &response));
        assert_int_equal(response.notes.count, 1);
        assert_int_equal(response.requires_replace.count, 0);
        check_str(response.notes.items[0].text, rows[i].note);
        if (!update(&cluster, rows[i].i, prior, planned))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.c.diags.items[0].detail));
        bool drains = has(response.notes.items[0].text, "drained");
        check_str(strbuf_str(&cluster.log),
                  str_to_cstr(str_format(cluster.c.arena, "kubelet%zu%s ", rows[i].i + 1,
                                         drains ? " drained reset" : ""),
                              cluster.c.arena));
        assert_true(has(cluster.input, "LOAM_CONFIG=''"));
        assert_false(has(cluster.input, "LOAM_DROPPED=''"));
        assert_false(cluster.machines[rows[i].i].is_cordoned);
        cluster.log = strbuf_new(cluster.c.arena);
        assert_true(update(&cluster, rows[i].i, planned, planned));
        check_str(strbuf_str(&cluster.log), "");
        close_cluster(&cluster);
    }
}

/* Patch and flags change in one step. */
static void test_flags_and_patch(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_node(&cluster, &kubeadm_join, 2, "", WORKER(FLAGS(ONE("v", "4"))), &prior, &planned);
    planned = with_fields(&cluster.c, planned, "kubelet_patch", "{\"maxPods\":110}");
    assert_true(update(&cluster, 2, prior, planned));
    check_str(strbuf_str(&cluster.log), "kubelet3 ");
    assert_true(has(cluster.input, "LOAM_CONFIG='yes'"));
    assert_true(has(cluster.input, "LOAM_DROPPED='v'"));
    assert_true(has(cluster.input, "\n--v=4\n{\"maxPods\":110}"));
    close_cluster(&cluster);
}

/* A plan rejects what a node that exists cannot have. */
static void test_flags_refused(void **) {
    static const struct {
        const ResourceType *type;
        const char *after, *detail; /* NULL: the object is replaced */
    } rows[] = {
        {&kubeadm_init, CONTROL_PLANE(FLAGS(ONE("root-dir", "/x"))), "the flag \"root-dir\""},
        {&kubeadm_init, CONTROL_PLANE(FLAGS(ONE("v", "a b"))), "systemd would split it"},
        {&kubeadm_join, WORKER(FLAGS(ONE("v", "a b"))), "systemd would split it"},
        {&kubeadm_join, WORKER(FLAGS(ONE("hostname-override", "x"))), NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response;
        open_cluster(&cluster);
        make_node(&cluster, rows[i].type, 0, ",\"id\":\"i0\"", rows[i].after, &prior, &planned);
        bool is_good = plan_flags(&cluster, prior, planned, &response);
        assert_int_equal(is_good, !rows[i].detail);
        assert_int_equal(response.requires_replace.count, !rows[i].detail);
        assert_true(!rows[i].detail || says(&cluster, rows[i].detail));
        close_cluster(&cluster);
    }
}

/* Labels of the registration do not reach a node that exists. */
static void test_flags_at_registration(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_node(&cluster, &kubeadm_join, 2, "", WORKER(FLAGS(ONE("node-labels", "a=b"))), &prior,
              &planned);
    assert_true(plan_flags(&cluster, prior, planned, &response));
    assert_true(says(&cluster, "A kubelet reads node-labels only when it registers"));
    close_cluster(&cluster);
}

/* An imported node has flags that the state does not know. */
static void test_flags_of_import(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_node(&cluster, &kubeadm_join, 2, "", WORKER(FLAGS(ONE("v", "4"))), &prior, &planned);
    prior =
        object_with(prior, "pki", value_null(object_attribute(prior, "pki").type), cluster.c.arena);
    assert_true(plan_flags(&cluster, prior, planned, &response));
    assert_int_equal(response.notes.count, 0);
    assert_true(update(&cluster, 2, prior, planned));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* A refresh reads the flags of the machine. */
static void test_flags_refreshed(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_node(&cluster, &kubeadm_init, 0, CONTROL_PLANE(FLAGS(ONE("v", "2"))),
              ",\"is_member\":true", &prior, &planned);
    ResourceCase *c = &cluster.c;
    ReadRequest request = {.state = prior};
    bool is_restoring;
    cluster.flags = STR("KUBELET_KUBEADM_ARGS=\"--v=3 --max-pods=50\"\n");
    assert_true(
        kubeadm_refresh_read(case_call(c), &request, true, &prior, &is_restoring, &c->diags));
    Value list = kubelet_flags_of(prior, c->arena);
    assert_int_equal(list.count, 2);
    check_str(object_text(value_at(list, 0), "value", STR_EMPTY), "3");
    check_str(object_text(value_at(list, 1), "name", STR_EMPTY), "max-pods");
    close_cluster(&cluster);
}

UNIT_MAIN(test_kubeadm_kubelet) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kubelets),        cmocka_unit_test(test_kubelet_serving),
        cmocka_unit_test(test_kubelet_drain),   cmocka_unit_test(test_kubelet_rollback),
        cmocka_unit_test(test_flags),           cmocka_unit_test(test_flags_and_patch),
        cmocka_unit_test(test_flags_refused),   cmocka_unit_test(test_flags_at_registration),
        cmocka_unit_test(test_flags_of_import), cmocka_unit_test(test_flags_refreshed),
        cmocka_unit_test(test_kubelet_deaths),  cmocka_unit_test(test_kubelet_order),
        cmocka_unit_test(test_kubelet_removal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
