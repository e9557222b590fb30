/* upgrade_order: laws of the order, for random clusters; and its errors. */
#include "unit.h"
#include "upgrade_order.h"

#include <stdlib.h>

#define CLUSTERS  2000
#define NODES_MAX 9

static const KubeVersion old = {1, 33, 13, STR_CONST("")};
static const KubeVersion target = {1, 34, 4, STR_CONST("")};

static UpgradeNodes draw(unsigned *seed, Arena *arena) {
    UpgradeNodes nodes = {0};
    size_t count = 1 + (size_t)rand_r(seed) % NODES_MAX;
    for (size_t i = 0; i < count; i++) {
        UpgradeNode node = {.name = str_format(arena, "n%zu", i),
                            .version = rand_r(seed) % 3 ? old : target,
                            .is_control_plane = i == 0 || rand_r(seed) % 2};
        vec_push(arena, &nodes, node);
    }
    return nodes;
}

static size_t count_needed(const UpgradeNodes *nodes) {
    size_t count = 0;
    vec_each(nodes, node)
        count += kube_version_compare(node->version, target) < 0;
    return count;
}

static bool is_any_upgraded(const UpgradeNodes *nodes) {
    vec_each(nodes, node) {
        if (node->is_control_plane && kube_version_compare(node->version, target) == 0)
            return true;
    }
    return false;
}

/* A step comes in its batch; control planes come alone and first; "apply" comes once. */
static void check_steps(const UpgradeNodes *nodes, const UpgradeSteps *steps, size_t most) {
    bool has_worker = false;
    size_t in_batch = 0;
    assert_int_equal(steps->count, count_needed(nodes));
    for (size_t i = 0; i < steps->count; i++) {
        const UpgradeStep *step = &steps->items[i], *before = i ? step - 1 : NULL;
        bool is_same = before && before->batch == step->batch;
        bool applies = i == 0 && step->node->is_control_plane && !is_any_upgraded(nodes);
        assert_int_equal(step->kind == UPGRADE_APPLY, applies);
        assert_true(!before || before->batch <= step->batch);
        assert_false(has_worker && step->node->is_control_plane);
        assert_false(is_same && (step->node->is_control_plane || before->node->is_control_plane));
        for (size_t k = 0; k < i; k++)
            assert_ptr_not_equal(steps->items[k].node, step->node);
        in_batch = is_same ? in_batch + 1 : 1;
        assert_true(in_batch <= most);
        has_worker |= !step->node->is_control_plane;
    }
}

static void test_laws(void **) {
    unsigned seed = 7;
    for (size_t i = 0; i < CLUSTERS; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        UpgradeNodes nodes = draw(&seed, arena);
        UpgradeSteps steps = {0};
        size_t most = (size_t)rand_r(&seed) % 4;
        check_str(upgrade_order_plan(&nodes, target, most, &steps, arena), "");
        check_steps(&nodes, &steps, most ? most : 1);
    }
}

static const struct {
    const char *version;
    bool is_control_plane;
    const char *problem;
} cases[] = {
    {"1.32.0", true, "Node \"n\": The cluster runs 1.32.0, and an upgrade cannot skip a minor"},
    {"1.35.0", true, "Node \"n\": The cluster runs 1.35.0; kubeadm cannot downgrade"},
    {"1.30.0", false, "Node \"n\": A kubelet 1.30.0 is more than 3 minor versions older"},
    {"1.33.0", false, "The cluster has no control plane to upgrade."},
};

static void test_errors(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        UpgradeNodes nodes = {0};
        UpgradeSteps steps = {0};
        UpgradeNode node = {.name = STR("n"), .is_control_plane = cases[i].is_control_plane};
        assert_true(kube_version_parse(str_from_cstr(cases[i].version), &node.version));
        vec_push(arena, &nodes, node);
        Str got = upgrade_order_plan(&nodes, target, 1, &steps, arena);
        if (!str_starts_with(got, str_from_cstr(cases[i].problem)))
            fail_msg("%s: %.*s", cases[i].version, STR_ARG(got));
        assert_int_equal(steps.count, 0);
    }
}

UNIT_MAIN(test_upgrade_order) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_laws),
        cmocka_unit_test(test_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
