#include "parts_sample.h"
#include "plan_case.h"

static void add(Plan *plan, const char *address, Action action) {
    Value v = value_of("{}");
    vec_push(arena, &plan->changes, change_of(address, action, v, v));
}

static void sorted_and_found(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.b[10]", ACTION_CREATE);
    add(plan, "t.b[2]", ACTION_DELETE);
    add(plan, "t.a", ACTION_UPDATE);
    add(plan, "t.a", ACTION_DELETE);
    plan->changes.items[3].deposed = STR("00000001");
    plan_sort(plan);
    assert_int_equal(plan->changes.items[0].action, ACTION_UPDATE);
    check_str(plan->changes.items[1].deposed, "00000001");
    assert_int_equal(plan->changes.items[2].address.key.index, 2);
    assert_ptr_equal(plan_find(plan, address_of("t.b[10]"), STR_EMPTY), &plan->changes.items[3]);
    assert_ptr_equal(plan_find(plan, address_of("t.a"), STR("00000001")), &plan->changes.items[1]);
    assert_null(plan_find(plan, address_of("t.c"), STR_EMPTY));
    assert_null(plan_find(plan_new(PLAN_NORMAL, arena), address_of("t.c"), STR_EMPTY));
}

static void sums(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    check_str(plan_summary(plan, arena), "0 to add, 0 to change, 0 to destroy");
    add(plan, "t.a", ACTION_CREATE);
    add(plan, "t.b", ACTION_DELETE_THEN_CREATE);
    add(plan, "t.c", ACTION_CREATE_THEN_DELETE);
    add(plan, "t.d", ACTION_UPDATE);
    add(plan, "t.e", ACTION_DELETE);
    add(plan, "data.t.f", ACTION_READ);
    add(plan, "data.t.g", ACTION_DELETE);
    add(plan, "t.h", ACTION_NO_OP);
    check_str(plan_summary(plan, arena), "3 to add, 1 to change, 3 to destroy");
    assert_int_equal(plan_count(plan).read, 1);
    add(plan, "t.i", ACTION_FORGET);
    plan->changes.items[0].import.id = STR("x");
    check_str(plan_summary(plan, arena), "1 to import, 3 to add, 1 to change, 3 to destroy");
}

static void applyable(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    assert_false(plan_is_applyable(plan));
    add(plan, "t.a", ACTION_NO_OP);
    assert_false(plan_is_applyable(plan));
    plan->changes.items[0].previous = address_of("t.b");
    assert_true(plan_is_applyable(plan));
    plan->errored = true;
    assert_false(plan_is_applyable(plan));
}

static void effects(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    add(plan, "t.a", ACTION_CREATE);
    add(plan, "t.b", ACTION_NO_OP);
    assert_false(plan_has_effects(plan));
    plan->changes.items[1].has_effect = true;
    assert_true(plan_has_effects(plan));
}

static void applyable_by_outputs_and_drift(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    vec_push(arena, &plan->outputs, (OutputChange){.name = STR("o"), .action = ACTION_NO_OP});
    assert_false(plan_is_applyable(plan));
    plan->outputs.items[0].action = ACTION_UPDATE;
    assert_true(plan_is_applyable(plan));
    plan->outputs.items[0].is_deferred = true;
    assert_false(plan_is_applyable(plan));
    plan = plan_new(PLAN_NORMAL, arena);
    vec_push(arena, &plan->drift, (Drift){.action = ACTION_UPDATE});
    assert_false(plan_is_applyable(plan));
    plan->mode = PLAN_REFRESH_ONLY;
    assert_true(plan_is_applyable(plan));
}

static void sums_of_parts(void **) {
    Plan *plan = parts_sample_plan();
    check_str(plan_summary(plan, arena),
              "0 to add, 1 to change, 0 to destroy (5 objects: 2 to add, "
              "1 to change, 3 to delete)");
    ResourceChange *change = &plan->changes.items[0];
    check_str(plan_find_part(change, STR("v1/Pod/gone"))->key, "v1/Pod/gone");
    assert_null(plan_find_part(change, STR("v1/Pod")));
    change->parts.count = 1;
    check_str(plan_summary(plan, arena), "0 to add, 1 to change, 0 to destroy (1 object: 1 to add, "
                                         "0 to change, 1 to delete)");
}

UNIT_MAIN(test_plan) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(sorted_and_found), PLAN_CASE(sums),
        PLAN_CASE(applyable),        PLAN_CASE(applyable_by_outputs_and_drift),
        PLAN_CASE(sums_of_parts),    PLAN_CASE(effects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
