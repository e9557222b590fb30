/* etcd_members: a response of a real etcd 3.6.4 with a member that has not started. */
#include "etcd_members.h"
#include "unit.h"

static const char response[] =
    "{\"header\":{\"cluster_id\":\"14841639068965178418\",\"member_id\":\"10276657743932975437\","
    "\"raft_term\":\"2\"},\"members\":[{\"ID\":\"10276657743932975437\",\"name\":\"cp1\","
    "\"peerURLs\":[\"https://10.88.0.11:2380\"],\"clientURLs\":[\"https://10.88.0.11:2379\"]},"
    "{\"ID\":\"7\",\"peerURLs\":[\"https://[fd00::12]:2380\"],\"isLearner\":true}]}";

static void test_parse(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdNodes nodes = {0};
    assert_true(etcd_members_parse(str_from_cstr(response), &nodes, arena));
    assert_int_equal(nodes.count, 2);
    check_str(nodes.items[0].id, "10276657743932975437");
    check_str(nodes.items[0].member.name, "cp1");
    check_str(nodes.items[0].client_urls.items[0], "https://10.88.0.11:2379");
    assert_false(nodes.items[0].member.is_learner);
    assert_true(nodes.items[1].member.is_learner);
    check_str(nodes.items[1].member.name, "");
    assert_ptr_equal(etcd_members_find(&nodes, STR("10.88.0.11")), &nodes.items[0]);
    assert_ptr_equal(etcd_members_find(&nodes, STR("fd00::12")), &nodes.items[1]);
    assert_null(etcd_members_find(&nodes, STR("10.88.0.1")));
    EtcdMembers members = etcd_members_of(&nodes, arena);
    assert_int_equal(members.count, 2);
}

static void test_not_a_list(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"members\":[]}",
                                        "{\"members\":[1]}",
                                        "{\"members\":[{}]}",
                                        "404 page not found"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        EtcdNodes nodes = {0};
        assert_false(etcd_members_parse(str_from_cstr(texts[i]), &nodes, arena));
    }
}

UNIT_MAIN(test_etcd_members) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_not_a_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
