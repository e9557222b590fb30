/* kubeadm_kubelet: changes of kubelets, with a death at each of their commands. lab/kubelet_step
 * has a real one. */
#include "changed_cluster.h"

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

UNIT_MAIN(test_kubeadm_kubelet) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kubelets),
        cmocka_unit_test(test_kubelet_drain),
        cmocka_unit_test(test_kubelet_rollback),
        cmocka_unit_test(test_kubelet_deaths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
