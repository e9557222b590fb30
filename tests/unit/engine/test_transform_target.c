/* -target: plans the named resources and their dependencies. */
#include "target_case.h"

typedef struct TargetCase {
    PlanMode mode;
    const char *target;
    const char *changes;
    size_t outputs;
    const char *left; /* changes of the next plan with the same target; NULL: none */
} TargetCase;

static void selects(void **) {
    static const TargetCase cases[] = {
        {PLAN_NORMAL, "fake_thing.a", "+ fake_thing.a\n", 1},
        {PLAN_NORMAL, "fake_thing.b", "+ fake_thing.a\n+ fake_thing.b[0]\n+ fake_thing.b[1]\n", 1},
        {PLAN_NORMAL, "fake_thing.b[1]", "+ fake_thing.a\n+ fake_thing.b[1]\n", 1},
        {PLAN_NORMAL, "fake_thing.z", "+ fake_thing.z\n", 0},
        {PLAN_NORMAL, "module.m",
         "+ module.m[\"x\"].fake_thing.t\n+ module.m[\"y\"].fake_thing.t\n", 0},
        {PLAN_NORMAL, "module.m[\"y\"]", "+ module.m[\"y\"].fake_thing.t\n", 0},
        {PLAN_NORMAL, "module.m[\"y\"].fake_thing.t", "+ module.m[\"y\"].fake_thing.t\n", 0},
        {PLAN_NORMAL, "fake_thing.c",
         "+ fake_thing.a\n+ fake_thing.b[0]\n+ fake_thing.b[1]\n+ fake_thing.c\n", 2,
         "+ fake_thing.b[1]\n"},
        {PLAN_DESTROY, "fake_thing.b", "- fake_thing.b[0]\n- fake_thing.b[1]\n- fake_thing.c\n", 0},
        {PLAN_DESTROY, "fake_thing.z", "- fake_thing.z\n", 0},
        {PLAN_DESTROY, "module.m[\"x\"]", "- module.m[\"x\"].fake_thing.t\n", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = target_case_open(cases[i].mode);
        engine_case_target(c, cases[i].target);
        engine_case_must(c, engine_case_plan(c));
        if (!str_equal_cstr(engine_case_changes(c), cases[i].changes))
            print_error("case %zu\n", i);
        check_changes(c, cases[i].changes);
        assert_false(c->plan->complete);
        size_t before = c->state->outputs.count;
        engine_case_must(c, engine_case_apply_plan(c));
        if (cases[i].mode == PLAN_NORMAL)
            assert_int_equal(c->state->outputs.count, before + cases[i].outputs);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, cases[i].left ? cases[i].left : "");
        engine_case_close(c);
    }
}

/* An instance outside the targets keeps its deposed objects and its state entry. */
static void leaves_orphans_alone(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {count: 3, name: 'a${count.index}'}, o: {count: "
                       "2, name: 'o${count.index}'}}}\n");
    engine_case_config(c, "resource: {fake_thing: {a: {count: 1, name: 'a${count.index}'}}}\n");
    engine_case_target(c, "fake_thing.a[2]");
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "- fake_thing.a[2] delete_because_count_index\n");
    engine_case_options(c, PLAN_NORMAL);
    engine_case_target(c, "fake_thing.o[1]");
    engine_case_must(c, engine_case_apply(c));
    check_changes(c, "- fake_thing.o[1] delete_because_no_resource_config\n");
    check_objects(c, "fake_thing.a[0] a0-1\nfake_thing.a[1] a1-1\nfake_thing.a[2] a2-1\n"
                     "fake_thing.o[0] o0-1\n");
    engine_case_close(c);
}

UNIT_MAIN(test_transform_target) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects),
        cmocka_unit_test(leaves_orphans_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
