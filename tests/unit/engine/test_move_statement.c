#include "arena_case.h"

#include "move_list.h"

static AddressTarget parse(const char *text) {
    Diags diags = diags_new(arena);
    AddressTarget target = {0};
    if (!address_parse_target(str_from_cstr(text), &target, arena, &diags))
        fail_msg("%s is no address", text);
    return target;
}

/* A statement of the root module, or of a child module. */
static MoveStatement statement_of(const char *module_name, const char *from, const char *to) {
    Module *root = arena_new(arena, Module);
    *root = (Module){.calls = map_new(arena)};
    Module *module = root;
    if (module_name) {
        ModuleCall *call = arena_new(arena, ModuleCall);
        module = arena_new(arena, Module);
        *module = (Module){.parent = root, .call = call, .calls = map_new(arena)};
        *call = (ModuleCall){.name = str_from_cstr(module_name), .module = module};
        map_set(&root->calls, call->name, call);
    }
    Moved moved = {.from.target = parse(from), .to.target = parse(to)};
    vec_push(arena, &module->moved, moved);
    Config config = {.root = root};
    StateResources stored = {0};
    Diags diags = diags_new(arena);
    MoveList list = move_list_new(&config, &stored, arena, &diags);
    assert_int_equal(list.statements.count, 1);
    return list.statements.items[0];
}

static const struct {
    const char *module, *from, *to, *address;
    const char *wanted; /* NULL: not affected */
} matches[] = {
    {NULL, "t.a", "t.b", "t.a", "t.b"},
    {NULL, "t.a", "t.b", "t.a[3]", "t.b[3]"},
    {NULL, "t.a", "t.b", "t.a[\"k\"]", "t.b[\"k\"]"},
    {NULL, "t.a", "t.b", "t.c", NULL},
    {NULL, "t.a", "t.b", "data.t.a", NULL},
    {NULL, "t.a", "t.b", "module.m.t.a", NULL},
    {NULL, "t.a", "t.a[1]", "t.a", "t.a[1]"},
    {NULL, "t.a", "t.a[1]", "t.a[0]", NULL},
    {NULL, "t.a[0]", "t.a[\"x\"]", "t.a[0]", "t.a[\"x\"]"},
    {NULL, "t.a", "module.m.t.a", "t.a[2]", "module.m.t.a[2]"},
    {NULL, "module.m.t.a", "t.a", "module.m.t.a", "t.a"},
    {NULL, "module.m.t.a", "t.a", "module.m[0].t.a", NULL},
    {NULL, "module.m[0].t.a", "module.m[1].t.b", "module.m[0].t.a", "module.m[1].t.b"},
    {NULL, "module.m", "module.n", "module.m.t.a", "module.n.t.a"},
    {NULL, "module.m", "module.n", "module.m[\"k\"].t.a[1]", "module.n[\"k\"].t.a[1]"},
    {NULL, "module.m", "module.n", "module.m[1].module.c[2].t.a", "module.n[1].module.c[2].t.a"},
    {NULL, "module.m[0]", "module.m[\"x\"]", "module.m[0].t.a", "module.m[\"x\"].t.a"},
    {NULL, "module.m[0]", "module.m[\"x\"]", "module.m[1].t.a", NULL},
    {NULL, "module.m", "module.m[0]", "module.m.t.a", "module.m[0].t.a"},
    {NULL, "module.m", "module.p.module.m", "module.m[1].t.a", "module.p.module.m[1].t.a"},
    {"m", "t.a", "t.b", "module.m[7].t.a", "module.m[7].t.b"},
    {"m", "t.a", "t.b", "t.a", NULL},
    {"m", "t.a", "module.c.t.a", "module.m[\"k\"].t.a", "module.m[\"k\"].module.c.t.a"},
    {"m", "module.c", "module.d", "module.m[2].module.c[1].t.a", "module.m[2].module.d[1].t.a"},
};

static const struct {
    const char *first_from, *first_to, *second_from, *second_to;
    bool precedes;
} orders[] = {
    {"t.a", "t.b", "t.b", "t.c", true},
    {"t.b", "t.c", "t.a", "t.b", false},
    {"t.a[0]", "t.b", "t.b[1]", "t.c", false},
    {"t.a", "t.b", "t.b[1]", "t.c", true},
    {"module.a", "module.b", "module.b.t.x", "module.b.t.y", true},
    {"module.b.t.x", "module.b.t.y", "module.a", "module.b", false},
    {"module.a.t.x", "module.a.t.y", "module.a", "module.b", true},
    {"module.a", "module.b", "module.b", "module.c", true},
    {"t.a", "t.b", "t.x", "t.y", false},
};

static void addresses_are_matched(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(matches); i++) {
        MoveStatement statement = statement_of(matches[i].module, matches[i].from, matches[i].to);
        ResourceAddr out;
        bool found =
            move_statement_match(&statement, parse(matches[i].address).resource, &out, arena);
        Str text = found ? resource_addr_to_str(out, arena) : STR("nothing");
        Str wanted = str_from_cstr(matches[i].wanted ? matches[i].wanted : "nothing");
        if (!str_equal(text, wanted))
            fail_msg("%s to %s, of %s: %.*s", matches[i].from, matches[i].to, matches[i].address,
                     STR_ARG(text));
    }
}

static void one_comes_before_the_other(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(orders); i++) {
        MoveStatement first = statement_of(NULL, orders[i].first_from, orders[i].first_to);
        MoveStatement second = statement_of(NULL, orders[i].second_from, orders[i].second_to);
        if (move_statement_precedes(&first, &second) != orders[i].precedes)
            fail_msg("%s to %s, then %s to %s", orders[i].first_from, orders[i].first_to,
                     orders[i].second_from, orders[i].second_to);
    }
}

UNIT_MAIN(test_move_statement) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_matched),
        cmocka_unit_test(one_comes_before_the_other),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
