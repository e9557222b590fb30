/* The index returns few statements, and never misses one. */
#include "arena_case.h"

#include "move_index.h"

static AddressTarget parse(Str text) {
    Diags diags = diags_new(arena);
    AddressTarget target = {0};
    if (!address_parse_target(text, &target, arena, &diags))
        fail_msg("%.*s is no address", STR_ARG(text));
    return target;
}

static void add_moved(Module *module, const char *from, const char *to) {
    Moved moved = {.from.target = parse(str_from_cstr(from)),
                   .to.target = parse(str_from_cstr(to))};
    vec_push(arena, &module->moved, moved);
}

static MoveIndex index_of(const MoveStatements *statements) {
    MoveIndex index = move_index_new(arena);
    for (size_t i = 0; i < statements->count; i++)
        move_index_add(&index, &statements->items[i], i);
    return index;
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
static MoveStatements all_statements(void) {
    Module *root = arena_new(arena, Module), *child = arena_new(arena, Module);
    ModuleCall *call = arena_new(arena, ModuleCall);
    *call = (ModuleCall){.name = STR("m"), .module = child};
    *root = (Module){.calls = map_new(arena)};
    *child = (Module){.parent = root, .call = call, .calls = map_new(arena)};
    map_set(&root->calls, call->name, call);
    add_pairs(root, ends, ARRAY_COUNT(ends));
    add_pairs(root, module_ends, ARRAY_COUNT(module_ends));
    add_pairs(child, ends, ARRAY_COUNT(ends));
    add_pairs(child, module_ends, ARRAY_COUNT(module_ends));
    MoveStatements statements = {0};
    Config config = {.root = root};
    move_statement_collect(&config, &statements, arena);
    return statements;
}

static bool has(const MoveNumbers *numbers, size_t wanted) {
    vec_each(numbers, number) {
        if (*number == wanted)
            return true;
    }
    return false;
}

static void misses_no_statement_about_an_address(void **state) {
    (void)state;
    MoveStatements statements = all_statements();
    MoveIndex index = index_of(&statements);
    size_t matching = 0;
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        ResourceAddr address = parse(str_from_cstr(addresses[i])).resource, target;
        MoveNumbers found = {0};
        move_index_about(&index, address, &found, arena);
        for (size_t k = 0; k < statements.count; k++) {
            if (!move_statement_match(&statements.items[k], address, &target, arena))
                continue;
            matching++;
            if (!has(&found, k))
                fail_msg("%s: not found: from %.*s", addresses[i],
                         STR_ARG(move_statement_end_text(&statements.items[k].from, arena)));
        }
    }
    assert_true(matching > 50);
}

static void misses_no_pair_that_has_an_order(void **state) {
    (void)state;
    MoveStatements statements = all_statements();
    MoveIndex index = index_of(&statements);
    MoveNumbers *found = arena_new_array(arena, MoveNumbers, statements.count);
    for (size_t i = 0; i < statements.count; i++)
        move_index_related(&index, &statements.items[i], &found[i], arena);
    for (size_t i = 0; i < statements.count; i++)
        for (size_t k = 0; k < statements.count; k++) {
            bool is_ordered =
                i != k && move_statement_precedes(&statements.items[i], &statements.items[k]);
            if (is_ordered && !has(&found[i], k) && !has(&found[k], i))
                fail_msg("to %.*s, then from %.*s",
                         STR_ARG(move_statement_end_text(&statements.items[i].to, arena)),
                         STR_ARG(move_statement_end_text(&statements.items[k].from, arena)));
        }
}

static void misses_no_equal_end(void **state) {
    (void)state;
    MoveStatements statements = all_statements();
    MoveIndex index = index_of(&statements);
    for (size_t i = 0; i < statements.count; i++) {
        MoveNumbers found = {0};
        move_index_same(&index, MOVE_TO, &statements.items[i].from, &found, arena);
        for (size_t k = 0; k < statements.count; k++)
            if (move_statement_same_end(&statements.items[k].to, &statements.items[i].from))
                assert_true(has(&found, k));
    }
}

/* Of many statements only those with the same names or the same key are visited. */
static void finds_few_of_many(void **state) {
    (void)state;
    enum { COUNT = 2000 };
    Module *root = arena_new(arena, Module);
    *root = (Module){.calls = map_new(arena)};
    for (size_t i = 0; i < COUNT; i++) {
        Str texts[] = {str_format(arena, "t.old%zu", i), str_format(arena, "t.new%zu", i),
                       str_format(arena, "t.list[%zu]", i),
                       str_format(arena, "t.map[\"k%zu\"]", i)};
        add_moved(root, texts[0].ptr, texts[1].ptr);
        add_moved(root, texts[2].ptr, texts[3].ptr);
    }
    MoveStatements statements = {0};
    Config config = {.root = root};
    move_statement_collect(&config, &statements, arena);
    assert_int_equal(statements.count, 2 * COUNT);
    MoveIndex index = index_of(&statements);
    MoveNumbers found = {0};
    for (size_t i = 0; i < statements.count; i++) {
        move_index_related(&index, &statements.items[i], &found, arena);
        move_index_same(&index, MOVE_FROM, &statements.items[i].from, &found, arena);
    }
    move_index_about(&index, parse(STR("t.list[7]")).resource, &found, arena);
    move_index_about(&index, parse(STR("t.old7[1]")).resource, &found, arena);
    assert_in_range(found.count, statements.count + 2, 3 * statements.count);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misses_no_statement_about_an_address),
        cmocka_unit_test(misses_no_pair_that_has_an_order),
        cmocka_unit_test(misses_no_equal_end),
        cmocka_unit_test(finds_few_of_many),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
