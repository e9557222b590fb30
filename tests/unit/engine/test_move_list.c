/* The list finds few statements for an address, but never misses one, and sorts them.
 * test_engine_growth counts the comparisons. */
#include "arena_case.h"

#include "move_list.h"

static AddressTarget parse(Str text) {
    Diags diags = diags_new(arena);
    AddressTarget target = {0};
    if (!address_parse_target(text, &target, arena, &diags))
        fail_msg("%.*s is no address", STR_ARG(text));
    return target;
}

static const SourceText source;

static void add_moved(Module *module, const char *from, const char *to) {
    Moved moved = {.from.target = parse(str_from_cstr(from)),
                   .to.target = parse(str_from_cstr(to)),
                   .range.source = &source};
    vec_push(arena, &module->moved, moved);
}

static Module *new_module(void) {
    Module *module = arena_new(arena, Module);
    *module = (Module){.calls = map_new(arena)};
    return module;
}

static MoveList list_of(Module *root, Diags *diags) {
    Config config = {.root = root};
    StateResources stored = {0};
    return move_list_new(&config, &stored, arena, diags);
}

static const char *const ends[] = {
    "t.a",
    "t.b",
    "t.a[0]",
    "t.a[\"k\"]",
    "u.a",
    "module.m.t.a",
    "module.m.t.b",
    "module.m[0].t.a",
    "module.n.t.a",
    "module.m.module.c.t.a",
    "module.m[1].module.c.t.a",
};
static const char *const module_ends[] = {
    "module.m", "module.n", "module.m[0]", "module.m[\"k\"]", "module.m.module.c", "module.c",
};
static const char *const addresses[] = {
    "t.a",
    "t.a[0]",
    "t.b[\"k\"]",
    "data.t.a",
    "module.m.t.a",
    "module.m[0].t.a[3]",
    "module.m[1].module.c[2].t.a",
    "module.m[\"k\"].module.c.u.x",
    "module.n.module.m[0].t.a",
};

static void add_pairs(Module *module, const char *const *texts, size_t count) {
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < count; k++)
            if (i != k)
                add_moved(module, texts[i], texts[k]);
}

/* Every pair of addresses, in the root module and in a child module. */
static Module *all_pairs(void) {
    Module *root = new_module(), *child = new_module();
    ModuleCall *call = arena_new(arena, ModuleCall);
    *call = (ModuleCall){.name = STR("m"), .module = child};
    child->parent = root;
    child->call = call;
    map_set(&root->calls, call->name, call);
    add_pairs(root, ends, ARRAY_COUNT(ends));
    add_pairs(root, module_ends, ARRAY_COUNT(module_ends));
    add_pairs(child, ends, ARRAY_COUNT(ends));
    add_pairs(child, module_ends, ARRAY_COUNT(module_ends));
    return root;
}

static bool has(const MoveNumbers *numbers, size_t wanted) {
    vec_each(numbers, number) {
        if (*number == wanted)
            return true;
    }
    return false;
}

static void misses_no_statement_about_an_address(void **) {
    Diags diags = diags_new(arena);
    MoveList list = list_of(all_pairs(), &diags);
    size_t matching = 0;
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        ResourceAddr address = parse(str_from_cstr(addresses[i])).resource, target;
        MoveNumbers found = {0};
        move_list_find(&list, address, &found, arena);
        for (size_t k = 0; k < list.statements.count; k++) {
            const MoveStatement *statement = &list.statements.items[k];
            if (!move_statement_match(statement, address, &target, arena))
                continue;
            matching++;
            if (!has(&found, k))
                fail_msg("%s: not found: from %.*s", addresses[i],
                         STR_ARG(move_statement_end_text(&statement->from, arena)));
        }
    }
    assert_true(matching > 50);
}

/* A module with these two moves. */
static Module *module_of(const Moved *first, const Moved *second) {
    Module *module = new_module();
    vec_push(arena, &module->moved, *first);
    vec_push(arena, &module->moved, *second);
    return module;
}

/* Returns the number of pairs that have an order. */
static size_t check_pair(const Moved *one, const Moved *other) {
    Diags diags = diags_new(arena);
    Module *module = module_of(one, other);
    MoveList list = list_of(module, &diags);
    const MoveStatement *first = &list.statements.items[0], *second = &list.statements.items[1];
    bool same_from = move_statement_same_end(&first->from, &second->from);
    bool same_to = move_statement_same_end(&first->to, &second->to);
    assert_int_equal(diags.error_count, same_from != same_to);
    bool is_before = move_statement_precedes(first, second);
    bool is_after = move_statement_precedes(second, first);
    GraphNodes order = {0};
    bool is_sorted = move_list_sort(&list, &order, arena, &diags);
    assert_int_equal(is_sorted, !(is_before && is_after));
    if (!is_sorted || is_before == is_after)
        return is_before || is_after;
    assert_int_equal(order.items[0], is_before ? 0 : 1);
    return 1;
}

/* Each pair of moves of the root module, as a configuration of its own. */
static void compares_every_pair(void **) {
    Module *all = all_pairs();
    size_t ordered = 0;
    for (size_t i = 0; i < all->moved.count; i++)
        for (size_t k = 0; k < i; k++)
            ordered += check_pair(&all->moved.items[k], &all->moved.items[i]);
    assert_true(ordered > 500);
}

/* The moves that a call without or with `count` implies for one stored object; its new address is
 * written to `to`. */
static size_t implied(bool has_count, bool is_tofu, const char *explicit_from, const char *stored,
                      ResourceAddr *to) {
    static const Expr count;
    Diags diags = diags_new(arena);
    Module *root = new_module(), *child = new_module();
    ModuleCall call = {.name = STR("m"), .module = child, .count = has_count ? &count : NULL};
    child->resources = map_new(arena);
    child->parent = root;
    child->call = &call;
    map_set(&root->calls, call.name, &call);
    if (explicit_from)
        add_moved(root, explicit_from, "module.m[3]");
    Config config = {.root = root, .moves_counted_modules = is_tofu};
    StateResource resource = {.address = parse(str_from_cstr(stored)).resource};
    StateResources resources = {0};
    vec_push(arena, &resources, &resource);
    MoveList list = move_list_new(&config, &resources, arena, &diags);
    size_t matching = 0;
    vec_each(&list.statements, statement) {
        matching +=
            statement->is_implied && move_statement_match(statement, resource.address, to, arena);
    }
    return matching;
}

static void moves_modules_as_opentofu(void **) {
    static const struct {
        bool has_count, is_tofu;
        const char *explicit_from, *stored, *to; /* NULL: does not move */
    } rows[] = {
        {true, true, NULL, "module.m.t.a", "module.m[0].t.a"},
        {false, true, NULL, "module.m[0].t.a", "module.m.t.a"},
        {true, false, NULL, "module.m.t.a", NULL},
        {true, true, NULL, "module.m[0].t.a", NULL},
        {false, true, NULL, "module.m[1].t.a", NULL},
        {true, true, "module.m", "module.m.t.a", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceAddr to;
        size_t count =
            implied(rows[i].has_count, rows[i].is_tofu, rows[i].explicit_from, rows[i].stored, &to);
        assert_int_equal(count, rows[i].to != NULL);
        if (rows[i].to)
            check_str(resource_addr_to_str(to, arena), rows[i].to);
    }
}

UNIT_MAIN(test_move_list) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misses_no_statement_about_an_address),
        cmocka_unit_test(compares_every_pair),
        cmocka_unit_test(moves_modules_as_opentofu),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
