/* etcd_quorum: every cluster of up to seven members, in every state of health. */
#include "etcd_quorum.h"
#include "unit.h"

#define MEMBERS_MAX 7

static const Str names[] = {STR_CONST("m0"), STR_CONST("m1"), STR_CONST("m2"), STR_CONST("m3"),
                            STR_CONST("m4"), STR_CONST("m5"), STR_CONST("m6")};

/* Bits of `healthy` and `learners` stand for members; their names are also their URLs. */
static EtcdMembers make(size_t count, unsigned healthy, unsigned learners, Arena *arena) {
    EtcdMembers members = {0};
    for (size_t i = 0; i < count; i++) {
        EtcdMember member = {names[i], names[i], learners >> i & 1, healthy >> i & 1};
        vec_push(arena, &members, member);
    }
    return members;
}

static size_t count_bits(unsigned bits) {
    return (size_t)__builtin_popcount(bits);
}

/* Majority by another way than n/2 + 1: more than half. */
static bool has_majority(size_t healthy, size_t voters) {
    return healthy * 2 > voters;
}

static void check_all(size_t count, unsigned healthy, unsigned learners) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdMembers members = make(count, healthy, learners, arena);
    unsigned voters = ((1U << count) - 1) & ~learners;
    bool works = has_majority(count_bits(healthy & voters), count_bits(voters));
    assert_int_equal(etcd_quorum_is_lost(&members), !works);
    bool can_join = healthy == (1U << count) - 1 && learners == 0;
    assert_int_equal(etcd_quorum_check_join(&members, arena).len == 0, can_join);
    for (size_t i = 0; i < count; i++) {
        unsigned rest = voters & ~(1U << i);
        bool can_leave =
            works && rest && has_majority(count_bits(healthy & rest), count_bits(rest));
        bool got = etcd_quorum_check_removal(&members, names[i], arena).len == 0;
        if (got != can_leave)
            fail_msg("%zu members, healthy %x, learners %x, removal of %zu", count, healthy,
                     learners, i);
    }
}

static void test_every_cluster(void **) {
    for (size_t count = 1; count <= MEMBERS_MAX; count++) {
        for (unsigned healthy = 0; healthy < 1U << count; healthy++) {
            check_all(count, healthy, 0);
            for (size_t learner = 0; learner < count && count > 1; learner++)
                check_all(count, healthy, 1U << learner);
        }
    }
}

static void test_sentences(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdMembers members = make(1, 1, 0, arena);
    check_str(etcd_quorum_check_removal(&members, names[0], arena),
              "\"m0\" is the last member of etcd.");
    check_str(etcd_quorum_check_removal(&members, STR("https://gone:2380"), arena), "");
    members = make(3, 1, 0, arena);
    check_str(etcd_quorum_check_removal(&members, names[0], arena),
              "etcd has lost its quorum: 1 of 3 voters are healthy, and 2 are needed. Restore a "
              "snapshot.");
    members = make(3, 3, 0, arena);
    check_str(etcd_quorum_check_removal(&members, names[1], arena),
              "Without \"m1\", etcd would have 1 healthy voters of 2, and 2 are needed. Repair "
              "another member first.");
    check_str(etcd_quorum_check_removal(&members, names[2], arena), "");
    members.items[1].name = STR_EMPTY;
    check_str(etcd_quorum_check_join(&members, arena),
              "No member can join etcd while \"m1\" has never started.");
}

UNIT_MAIN(test_etcd_quorum) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_cluster),
        cmocka_unit_test(test_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
