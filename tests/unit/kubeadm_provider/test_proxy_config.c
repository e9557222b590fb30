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

UNIT_MAIN(test_proxy_config) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proxy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
