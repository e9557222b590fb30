/* -exclude: plans everything except the named resources and their dependents. */
#include "target_case.h"

#define A  "fake_thing.a\n"
#define B0 "fake_thing.b[0]\n"
#define B1 "fake_thing.b[1]\n"
#define C  "fake_thing.c\n"
#define X  "module.m[\"x\"].fake_thing.t\n"
#define Y  "module.m[\"y\"].fake_thing.t\n"
#define Z  "fake_thing.z\n"

typedef struct ExcludeCase {
    PlanMode mode;
    const char *exclude;
    const char *addresses; /* created or destroyed addresses */
    size_t outputs;        /* number in the final state */
} ExcludeCase;

/* In a destroy plan the dependencies of an excluded object are kept too. */
static const ExcludeCase cases[] = {
    {PLAN_NORMAL, "fake_thing.z", A B0 B1 C X Y, 2},
    {PLAN_NORMAL, "fake_thing.a", Z X Y, 0},
    {PLAN_NORMAL, "fake_thing.b", A Z X Y, 1},
    {PLAN_NORMAL, "fake_thing.b[1]", A B0 Z X Y, 1},
    {PLAN_NORMAL, "fake_thing.c", A B0 B1 Z X Y, 1},
    {PLAN_NORMAL, "module.m", A B0 B1 C Z, 2},
    {PLAN_NORMAL, "module.m[\"x\"]", A B0 B1 C Z Y, 2},
    {PLAN_NORMAL, "fake_thing.none", A B0 B1 C Z X Y, 2},
    {PLAN_DESTROY, "fake_thing.z", A B0 B1 C X Y, 2},
    {PLAN_DESTROY, "fake_thing.c", Z X Y, 2},
    {PLAN_DESTROY, "fake_thing.b[1]", B0 C Z X Y, 2},
    {PLAN_DESTROY, "module.m", A B0 B1 C Z, 2},
    {PLAN_DESTROY, "module.m[\"y\"]", A B0 B1 C Z X, 2},
    {PLAN_DESTROY, "fake_thing.b[7]", A B0 B1 C Z X Y, 2},
};

static Str with_glyphs(const char *addresses, PlanMode mode, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    Str rest = str_from_cstr(addresses), line;
    while (str_next_field(&rest, '\n', &line) && line.len > 0)
        strbuf_add_format(&out, "%s %.*s\n", mode == PLAN_DESTROY ? "-" : "+", STR_ARG(line));
    return strbuf_str(&out);
}

static void leaves_out(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        EngineCase *c = target_case_open(cases[i].mode);
        engine_case_exclude(c, cases[i].exclude);
        engine_case_must(c, engine_case_plan(c));
        Str wanted = with_glyphs(cases[i].addresses, cases[i].mode, c->arena);
        if (!str_equal(engine_case_changes(c), wanted))
            print_error("case %zu: without %s\n", i, cases[i].exclude);
        check_str_equal(engine_case_changes(c), wanted);
        assert_false(c->plan->complete);
        assert_int_equal(c->plan->excludes.count, 1);
        engine_case_must(c, engine_case_apply_plan(c));
        assert_int_equal(c->state->outputs.count, cases[i].outputs);
        engine_case_must(c, engine_case_plan(c));
        check_changes(c, "");
        engine_case_close(c);
    }
}

/* Constant outputs are not planned with -exclude, whether anything is excluded or not. */
static void leaves_constant_outputs(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, "resource: {fake_thing: {a: {name: a}}}\n"
                          "locals: {l: 1}\n"
                          "output: {constant: {value: \"${local.l}\"}, "
                          "name: {value: \"${fake_thing.a.name}\"}}\n");
    engine_case_exclude(c, "fake_thing.none");
    engine_case_must(c, engine_case_apply(c));
    assert_int_equal(c->state->outputs.count, 1);
    assert_true(map_has(&c->state->outputs, STR("name")));
    engine_case_close(c);
}

/* An excluded object stays in the state unchanged, even if its block is gone. */
static void keeps_excluded_objects(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(
        c, "resource: {fake_thing: {a: {count: 2, name: 'x${count.index}'}, o: {name: o}}}\n");
    engine_case_config(c, "resource: {fake_thing: {a: {count: 1, name: y}, n: {name: n}}}\n");
    engine_case_exclude(c, "fake_thing.a");
    engine_case_exclude(c, "fake_thing.o");
    engine_case_must(c, engine_case_apply(c));
    check_objects(
        c, "fake_thing.a[0] x0-1\nfake_thing.a[1] x1-1\nfake_thing.n n-1\nfake_thing.o o-1\n");
    engine_case_options(c, PLAN_NORMAL);
    engine_case_must(c, engine_case_plan(c));
    check_changes(c, "~ fake_thing.a[0]\n- fake_thing.a[1] delete_because_count_index\n"
                     "- fake_thing.o delete_because_no_resource_config\n");
    engine_case_close(c);
}

static void moves_need_a_place(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, "resource: {fake_thing: {a: {name: a}, z: {name: z}}}\n");
    engine_case_config(c, "resource: {fake_thing: {b: {name: a}, z: {name: z}}}\n"
                          "moved: {from: fake_thing.a, to: fake_thing.b}\n");
    engine_case_exclude(c, "fake_thing.b");
    assert_false(engine_case_plan(c));
    check_said(c, "Moved resource instances excluded by targeting");
    check_said(c, "-exclude=fake_thing.b");
    engine_case_options(c, PLAN_NORMAL);
    engine_case_exclude(c, "fake_thing.z");
    engine_case_must(c, engine_case_plan(c));
    engine_case_close(c);
}

UNIT_MAIN(test_transform_exclude) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_out),
        cmocka_unit_test(leaves_constant_outputs),
        cmocka_unit_test(keeps_excluded_objects),
        cmocka_unit_test(moves_need_a_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
