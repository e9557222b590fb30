/* node_identity: from the facts of a machine. */
#include "json.h"
#include "node_identity.h"
#include "unit.h"

static void test_facts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostFacts facts;
    assert_true(host_facts_parse(STR("facts 1\nhostname w1\nmachine_id 0123\n"
                                     "interface eth0 52:54:00:00:00:01\n"
                                     "interface eth1 52:54:00:00:00:02\n"
                                     "address eth0 192.0.2.1/24\naddress eth1 10.0.0.2/24\n"
                                     "address eth1 10.0.0.22/24\ntime 1700000000.5\nend\n"),
                                 &facts, arena));
    ClusterNode found = node_identity_of(&facts, STR("n"), STR("10.0.0.22"));
    check_str(found.name, "n");
    check_str(found.machine_id, "0123");
    check_str(found.hostname, "w1");
    check_str(found.mac, "52:54:00:00:00:02");
    /* The address of the node may be translated. */
    check_str(node_identity_of(&facts, STR("n"), STR("10.0.0.2")).mac, "52:54:00:00:00:02");
    check_str(node_identity_of(&facts, STR("n"), STR("10.0.0")).mac, "");
}

/* The annotations by which other joins recognise a machine that is a copy. */
static void test_annotations(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ClusterNode identity = {STR("w1"), STR("01"), STR("h1"), STR("m1")};
    check_str(json_text(node_identity_annotations(&identity, arena), arena),
              "{\"loam.internal/host-name\":\"h1\",\"loam.internal/mac-address\":\"m1\","
              "\"loam.internal/machine-id\":\"01\",\"loam.internal/node\":\"w1\"}");
}

UNIT_MAIN(test_node_identity) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),
        cmocka_unit_test(test_annotations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
