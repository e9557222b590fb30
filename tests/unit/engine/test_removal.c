/* removed blocks and lifecycle.destroy: objects are forgotten or destroyed. */
#include "engine_case.h"

#include "removal.h"

typedef struct RemovalCase {
    const char *before;
    const char *after;
    const char *changes;
    const char *diary;
    const char *objects;
} RemovalCase;

#define A "resource: {fake_thing: {a: {name: a, size: 1}}}\n"
#define A_KEPT                                                                                     \
    "resource: {fake_thing: {a: {name: a, size: 1, zone: x, lifecycle: {destroy: false}}}}\n"
#define A_COUNTED(count, rest)                                                                     \
    "resource: {fake_thing: {a: {count: " count ", name: \"a${count.index}\"" rest "}}}\n"

/* clang-format off */
static const RemovalCase removal_cases[] = {
    {A, "removed: {from: fake_thing.a}\n",
     "- fake_thing.a delete_because_no_resource_config\n", "delete a\n", ""},
    {A, "removed: {from: fake_thing.a, lifecycle: {destroy: true}}\n",
     "- fake_thing.a delete_because_no_resource_config\n", "delete a\n", ""},
    {A, "removed: {from: fake_thing.a, lifecycle: {destroy: false}}\n",
     ". fake_thing.a delete_because_no_resource_config\n", "", ""},
    {A, "removed: {from: fake_thing.b, lifecycle: {destroy: false}}\n",
     "- fake_thing.a delete_because_no_resource_config\n", "delete a\n", ""},
    {A, "removed: {from: module.m, lifecycle: {destroy: false}}\n",
     "- fake_thing.a delete_because_no_resource_config\n", "delete a\n", ""},
    {A_COUNTED("2", ""), "removed: {from: fake_thing.a, lifecycle: {destroy: false}}\n",
     ". fake_thing.a[0] delete_because_no_resource_config\n. fake_thing.a[1] delete_because_no_resource_config\n", "", ""},
    /* the state's record counts if the block is gone */
    {A_KEPT, "locals: {x: 1}\n",
     ". fake_thing.a forgot_because_lifecycle_destroy_in_state\n", "", ""},
    /* a removed block overrides the state's record */
    {A_KEPT, "removed: {from: fake_thing.a, lifecycle: {destroy: true}}\n",
     "- fake_thing.a delete_because_no_resource_config\n", "delete a\n", ""},
    {A_COUNTED("2", ", lifecycle: {destroy: false}"), A_COUNTED("1", ", lifecycle: {destroy: false}"),
     ". fake_thing.a[1] forgot_because_lifecycle_destroy_in_config\n", "", "fake_thing.a[0] a0-1\n"},
    /* replaced without a call that destroys the predecessor */
    {A_KEPT, "resource: {fake_thing: {a: {name: a, size: 1, zone: y, lifecycle: {destroy: false}}}}\n",
     "./+ fake_thing.a replace_because_cannot_update\n", "create a\n", "fake_thing.a a-2\n"},
};
/* clang-format on */

static void forgets_or_destroys(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(removal_cases); i++) {
        const RemovalCase *item = &removal_cases[i];
        EngineCase *c = engine_case_open();
        engine_case_run(c, item->before);
        engine_case_config(c, item->after);
        engine_case_must(c, engine_case_plan(c));
        check_str(engine_case_changes(c), item->changes);
        engine_case_must(c, engine_case_apply_plan(c));
        check_str(engine_case_diary(c), item->diary);
        check_str(engine_case_objects(c, c->state), item->objects);
        engine_case_close(c);
    }
}

/* A forgotten object is not refreshed: its server may be gone too. */
static void makes_no_call(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, A);
    uint32_t reads = c->world.reads;
    engine_case_config(c, "removed: {from: fake_thing.a, lifecycle: {destroy: false}}\n");
    engine_case_must(c, engine_case_plan(c));
    assert_int_equal(c->world.reads, reads);
    Str said = engine_case_said(c);
    assert_true(str_find(said, STR("W Some objects will no longer be managed by loam"), 0) !=
                SIZE_MAX);
    assert_true(str_find(said, STR("  - fake_thing.a\n"), 0) != SIZE_MAX);
    engine_case_close(c);
}

static void destroying_all_forgets_kept_objects(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_run(c, A_KEPT "output: {id: {value: \"${fake_thing.a.id}\"}}\n");
    c->options.mode = PLAN_DESTROY;
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_diary(c), "");
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

static void records_kept_objects(void **) {
    EngineCase *c = engine_case_open();
    engine_case_run(c, A);
    engine_case_run(
        c, "resource: {fake_thing: {a: {name: a, size: 1, lifecycle: {destroy: false}}}}\n");
    assert_true(str_find(c->stored, STR("\"skip_destroy\": true"), 0) != SIZE_MAX);
    engine_case_run(c, A);
    assert_true(str_find(c->stored, STR("skip_destroy"), 0) == SIZE_MAX);
    engine_case_close(c);
}

static const char *const child = "resource: {fake_thing: {c: {name: c}}}\n";

static void a_module_goes_as_a_whole(void **state) {
    (void)state;
    EngineCase *c = engine_case_open();
    engine_case_write(c, "m/main.loam.yaml", child);
    engine_case_run(c, "module: {m: {source: ./m}}\n");
    engine_case_config(c, "removed: {from: module.m, lifecycle: {destroy: false}}\n");
    engine_case_must(c, engine_case_apply(c));
    check_str(engine_case_diary(c), "");
    assert_true(state_is_empty(c->state));
    engine_case_close(c);
}

/* Of many removed blocks the matching one is found without visiting all. */
static void finds_one_of_many(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    SCOPED(ArenaRef) scratch = arena_open("test");
    Module *root = arena_new(arena, Module);
    *root = (Module){.calls = map_new(arena)};
    for (size_t i = 0; i < 1000; i++) {
        Removed removed = {.destroy = i % 2};
        removed.from.target = (AddressTarget){
            .is_resource = true,
            .resource = {.type = STR("t"), .name = str_format(arena, "r%zu", i / 2)},
        };
        vec_push(arena, &root->removed, removed);
    }
    const Removals *removals = removal_collect(&(Config){.root = root}, arena);
    for (size_t i = 0; i < 500; i++) {
        ResourceAddr address = {.type = STR("t"), .name = str_format(arena, "r%zu", i)};
        assert_ptr_equal(removal_find(removals, address, scratch), &root->removed.items[2 * i]);
    }
    assert_true(arena_used(scratch) < (size_t)128 << 10);
    ResourceAddr other = {.type = STR("t"), .name = STR("other")};
    assert_null(removal_find(removals, other, scratch));
}

static const struct {
    const char *text;
    const char *said;
} declared_cases[] = {
    {A "removed: {from: fake_thing.a}\n", "Removed resource still exists"},
    {"module: {m: {source: ./m}}\nremoved: {from: module.m}\n", "Removed module still exists"},
    {"module: {m: {source: ./m}}\nremoved: {from: module.m.fake_thing.c}\n",
     "Removed resource still exists"},
};

static void rejects_declared_resources(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(declared_cases); i++) {
        EngineCase *c = engine_case_open();
        engine_case_write(c, "m/main.loam.yaml", child);
        engine_case_config(c, declared_cases[i].text);
        assert_false(engine_case_plan(c));
        assert_int_equal(c->diags.error_count, 1);
        assert_true(str_starts_with(engine_case_said(c), str_from_cstr(declared_cases[i].said)));
        engine_case_close(c);
    }
}

/* Only a plan that changes objects by the configuration must know which block holds. A destroy
 * makes such a plan first, unless there is nothing to destroy or to refresh. */
static void other_plans_accept_them(void **) {
    EngineCase *c = engine_case_open();
    engine_case_config(c, A "removed: {from: fake_thing.a}\n");
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_options(c, PLAN_DESTROY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_options(c, PLAN_NORMAL);
    engine_case_run(c, A);
    engine_case_config(c, A "removed: {from: fake_thing.a}\n");
    engine_case_options(c, PLAN_REFRESH_ONLY);
    engine_case_must(c, engine_case_plan(c));
    engine_case_options(c, PLAN_DESTROY);
    assert_false(engine_case_plan(c));
    c->options.skip_refresh = true;
    engine_case_must(c, engine_case_plan(c));
    engine_case_close(c);
}

UNIT_MAIN(test_removal) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forgets_or_destroys),
        cmocka_unit_test(makes_no_call),
        cmocka_unit_test(destroying_all_forgets_kept_objects),
        cmocka_unit_test(records_kept_objects),
        cmocka_unit_test(a_module_goes_as_a_whole),
        cmocka_unit_test(finds_one_of_many),
        cmocka_unit_test(rejects_declared_resources),
        cmocka_unit_test(other_plans_accept_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
