/* etcd_turn, in a change of the configuration: which member is next, and what stops it. */
#include "changed_cluster.h"

#define ETCD(value)                                                                                \
    "\"etcd\":{\"local\":{\"extra_args\":[{\"name\":\"snapshot-count\",\"value\":\"" value         \
    "\"}],\"peer_cert_sans\":[\"peer.example\"]}}"

/* The leader is the last one, and another member becomes the leader before. */
static void test_etcd(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", ETCD("newer"), &prior, &planned);
    cluster.leader = '2';
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 2);
    check_str(response.notes.items[0].text,
              "etcd on cp1, cp2, cp3, one at a time: + --snapshot-count=newer");
    check_str(response.notes.items[1].text,
              "certificate of etcd for members on cp1, cp2, cp3, one at a time: + peer.example");
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "etcd1 etcd3 moved etcd2 ");
    assert_int_equal(cluster.leader, '1');
    assert_true(has(cluster.etcd_input, "LOAM_CERTIFICATES='etcd/peer'"));
    assert_true(has(cluster.live, "podSubnet: \"10.244.0.0/16\""));
    assert_true(has(cluster.live, "snapshot-count"));
    close_cluster(&cluster);
}

/* A member of etcd that rejects its flag stops the change; nothing begins with an alarm, or with a
 * member that lacks changes. */
static void test_etcd_gates(void **) {
    for (int kind = 0; kind < 3; kind++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, "", ETCD("bad"), &prior, &planned);
        cluster.has_alarm = kind == 1;
        cluster.lag = kind == 2 ? 1001 : 0;
        cluster.c.call.deadline_ms = kind ? call_monotonic_ms(case_call(&cluster.c)) + 200 : 0;
        assert_false(run(&cluster, prior, planned));
        check_str(strbuf_str(&cluster.log), kind ? "" : "etcd2 rolled back ");
        assert_true(says(&cluster, kind == 0   ? "unknown flag"
                                   : kind == 1 ? "etcd has an alarm"
                                               : "lacks recent changes"));
        if (!kind)
            check_str(cluster.former, "");
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_etcd_turn) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_etcd),
        cmocka_unit_test(test_etcd_gates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
