/* proxy_config, in a change of the configuration. */
#include "changed_cluster.h"

#define PROXY(mode) "kind: \"KubeProxyConfiguration\"\nmode: \"" mode "\"\nwindows: 1\n"

static void test_proxy(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", "", &prior, &planned);
    cluster.proxy = STR(PROXY("iptables"));
    cluster.c.call.is_planning = true;
    planned = with_fields(&cluster.c, planned, "kube_proxy", "{\"mode\":\"nftables\"}");
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(response.notes.items[0].text, "kube-proxy on all nodes: + mode=\"nftables\"");
    assert_int_equal(cluster.c.diags.count, 1);
    check_str(cluster.c.diags.items[0].summary, "Connections are cut");
    cluster.c.call.is_planning = false;
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "proxy pods ");
    check_str(cluster.proxy, PROXY("nftables"));
    assert_int_equal(cluster.annotation.len, 16);
    /* A run that continues finds it done; a rejected one goes back. */
    cluster.former = STR("---\n" FORMER);
    prior = planned;
    assert_true(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log),
              "proxy pods cp1=old cp2=old cp3=old etcd2 etcd3 moved etcd1 ");
    planned = with_fields(&cluster.c, planned, "kube_proxy", "{\"mode\":\"bad\"}");
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "The former one is back, and the pods run. The end of the log: mode "
                               "is not valid"));
    check_str(cluster.proxy, PROXY("nftables"));
    check_str(cluster.former, "");
    cluster.proxy = STR_EMPTY;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "kubeadm did not install kube-proxy"));
    close_cluster(&cluster);
}

/* What kubeadm makes of the rest stays: the access to the API server, the network of the pods. */
static void test_defaults(void **) {
    static const struct {
        const char *before, *after; /* arguments; NULL: none */
        const char *live, *wanted;  /* ConfigMap */
    } rows[] = {
        {"{}", "{\"clientConnection\":{\"qps\":50}}",
         "{\"clientConnection\":{\"kubeconfig\":\"" PROXY_ACCESS "\",\"qps\":0},\"x\":1}",
         "clientConnection:\n  kubeconfig: \"" PROXY_ACCESS "\"\n  qps: 50\nx: 1\n"},
        {"{\"clientConnection\":{\"qps\":50}}", "{}",
         "{\"clientConnection\":{\"kubeconfig\":\"" PROXY_ACCESS "\",\"qps\":50},\"x\":1}",
         "clientConnection:\n  kubeconfig: \"" PROXY_ACCESS "\"\n  qps: 0\nx: 1\n"},
        {"{\"clusterCIDR\":\"10.1.0.0/16\",\"mode\":\"nftables\"}", "{\"mode\":\"nftables\"}",
         "{\"clusterCIDR\":\"10.1.0.0/16\",\"mode\":\"nftables\"}",
         "clusterCIDR: \"" PROXY_NETWORK "\"\nmode: \"nftables\"\n"},
        {"{\"metricsBindAddress\":\"127.0.0.1:10249\"}", NULL,
         "{\"metricsBindAddress\":\"127.0.0.1:10249\",\"mode\":\"by hand\"}",
         "metricsBindAddress: \"\"\nmode: \"by hand\"\n"},
        /* A field that kubeadm does not know. */
        {"{\"y\":1}", "{}", "{\"x\":1,\"y\":1}", "x: 1\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, "", "", &prior, &planned);
        cluster.proxy = str_from_cstr(rows[i].live);
        prior = with_fields(&cluster.c, prior, "kube_proxy", rows[i].before);
        if (rows[i].after)
            planned = with_fields(&cluster.c, planned, "kube_proxy", rows[i].after);
        if (!run(&cluster, prior, planned))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.c.diags.items[0].detail));
        check_str(strbuf_str(&cluster.log), "proxy pods ");
        check_str(cluster.proxy, rows[i].wanted);
        close_cluster(&cluster);
    }
}

static void test_not_made(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, "", "", &prior, &planned);
    cluster.proxy = STR(PROXY("iptables"));
    cluster.makes_no_proxy = true;
    planned = with_fields(&cluster.c, planned, "kube_proxy", "{\"mode\":\"nftables\"}");
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "printed no ConfigMap"));
    check_str(strbuf_str(&cluster.log), "");
    check_str(cluster.proxy, PROXY("iptables"));
    close_cluster(&cluster);
}

UNIT_MAIN(test_proxy_config) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proxy),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_not_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
