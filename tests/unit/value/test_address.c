/* Prints, orders, compares and matches addresses. */
#include "unit.h"

#include "address.h"

static ResourceAddr parse(const char *text, Arena *arena) {
    Diags diags = diags_new(arena);
    ResourceAddr address = {0};
    if (!address_parse_resource(str_from_cstr(text), &address, arena, &diags))
        fail_msg("%s", text);
    return address;
}

static AddressTarget parse_target(const char *text, Arena *arena) {
    Diags diags = diags_new(arena);
    AddressTarget target = {0};
    if (!address_parse_target(str_from_cstr(text), &target, arena, &diags))
        fail_msg("%s", text);
    return target;
}

static void prints_as_it_was_written(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"a.b", "a.b"},
        {"a.b[0]", "a.b"},
        {"a.b[\"k\"]", "a.b"},
        {"data.a.b[\"x.y[0]\"]", "data.a.b"},
        {"ephemeral.a.b", "ephemeral.a.b"},
        {"module.m.a.b", "module.m.a.b"},
        {"module.m[\"k\"].module.n[2].data.a.b[7]", "module.m.module.n.data.a.b"},
        {"a.b[\"q\\\"\\\\\\n$${x}%%{y}\"]", "a.b"},
        {"a-b.c_d", "a-b.c_d"},
        {"größe.ß1", "größe.ß1"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceAddr address = parse(cases[i][0], arena);
        check_str(resource_addr_to_str(address, arena), cases[i][0]);
        check_str(resource_addr_to_config_str(address, arena), cases[i][1]);
        ResourceAddr copy = resource_addr_clone(address, arena);
        assert_true(resource_addr_equal(address, copy));
        assert_int_equal(resource_addr_compare(address, copy), 0);
    }
}

static void modules_print(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const ModuleAddr *a = module_addr_child(NULL, STR("a"), KEY_ABSENT, arena);
    InstanceKey key = {.kind = KEY_STRING, .text = STR("k")};
    const ModuleAddr *b = module_addr_child(a, STR("b"), key, arena);
    check_str(module_addr_to_str(NULL, arena), "");
    check_str(module_addr_to_str(b, arena), "module.a.module.b[\"k\"]");
    check_str(module_addr_to_config_str(b, arena), "module.a.module.b");
    assert_true(module_addr_equal(b, module_addr_clone(b, arena)));
    assert_false(module_addr_equal(b, a));
    assert_false(module_addr_equal(NULL, a));
    assert_true(module_addr_equal(NULL, NULL));
    assert_int_equal(module_addr_depth(NULL), 0);
    assert_int_equal(module_addr_depth(a), 1);
}

static void order_of_addresses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const sorted[] = {
        "data.z.z",
        "ephemeral.z.z",
        "a.b",
        "a.b[0]",
        "a.b[2]",
        "a.b[10]",
        "a.b[\"0\"]",
        "a.b[\"a\"]",
        "a.c",
        "b.a",
        "module.a.a.a",
        "module.a[0].a.a",
        "module.a[1].a.a",
        "module.b.a.a",
        "module.a.module.a.a.a",
    };
    for (size_t i = 0; i < ARRAY_COUNT(sorted); i++) {
        for (size_t j = 0; j < ARRAY_COUNT(sorted); j++) {
            int order = resource_addr_compare(parse(sorted[i], arena), parse(sorted[j], arena));
            int sign = (order > 0) - (order < 0);
            int wanted = (i > j) - (i < j);
            if (sign != wanted)
                fail_msg("%s and %s: %d", sorted[i], sorted[j], order);
            assert_int_equal(resource_addr_equal(parse(sorted[i], arena), parse(sorted[j], arena)),
                             i == j);
        }
    }
    static const ResourceMode modes[] = {MODE_DATA, MODE_EPHEMERAL, MODE_MANAGED, MODE_ACTION,
                                         MODE_LIST};
    for (size_t i = 1; i < ARRAY_COUNT(modes); i++) {
        ResourceAddr before = {.mode = modes[i - 1], .type = STR("z"), .name = STR("z")};
        ResourceAddr after = {.mode = modes[i], .type = STR("a"), .name = STR("a")};
        assert_true(resource_addr_compare(before, after) < 0);
        assert_true(resource_addr_compare(after, before) > 0);
    }
}

static void keys_are_values(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    InstanceKey number = address_key_from_value(value_int(3));
    InstanceKey text = address_key_from_value(value_from_cstr("x"));
    assert_int_equal(number.kind, KEY_INT);
    assert_int_equal(number.index, 3);
    check_str(address_key_to_str(text, arena), "[\"x\"]");
    check_str(address_key_to_str(KEY_ABSENT, arena), "");
    assert_int_equal(address_key_from_value(value_null(&TYPE_STRING)).kind, KEY_NONE);
    assert_int_equal(address_key_from_value(value_unknown(&TYPE_STRING)).kind, KEY_NONE);
    assert_int_equal(address_key_from_value(value_bool(true)).kind, KEY_NONE);
    assert_true(value_equal(address_key_to_value(number), value_int(3)));
    assert_true(value_equal(address_key_to_value(text), value_from_cstr("x")));
    assert_true(value_is_null(address_key_to_value(KEY_ABSENT)));
    InstanceKey unknown = {.kind = KEY_UNKNOWN};
    check_str(address_key_to_str(unknown, arena), "[*]");
    assert_true(value_is_null(address_key_to_value(unknown)));
    assert_true(address_key_compare(text, unknown) < 0);
    assert_true(address_key_equal(unknown, unknown));
}

static void targets_match(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *target;
        const char *address;
        bool matches;
    } cases[] = {
        {"a.b", "a.b", true},
        {"a.b", "a.b[0]", true},
        {"a.b[0]", "a.b[0]", true},
        {"a.b[0]", "a.b[1]", false},
        {"a.b[0]", "a.b", false},
        {"a.b", "data.a.b", false},
        {"a.b", "module.m.a.b", false},
        {"module.m", "module.m.a.b", true},
        {"module.m", "module.m[\"k\"].a.b[0]", true},
        {"module.m", "module.m.module.n.a.b", true},
        {"module.m[\"k\"]", "module.m[\"j\"].a.b", false},
        {"module.m[\"k\"]", "module.m[\"k\"].a.b", true},
        {"module.m.a.b", "module.m[1].a.b", false},
        {"module.m[1].a.b", "module.m[1].a.b[0]", true},
        {"module.m.module.n", "module.m[1].module.n.a.b", false},
        {"module.m.module.n", "module.m.module.n[1].a.b", true},
        {"module.m.a.b", "module.m.module.n.a.b", false},
        {"module.m.module.n", "module.m.a.b", false},
        {"module.n", "module.m.a.b", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        AddressTarget target = parse_target(cases[i].target, arena);
        bool matches = address_target_matches(&target, parse(cases[i].address, arena));
        if (matches != cases[i].matches)
            fail_msg("%s and %s", cases[i].target, cases[i].address);
    }
}

static void containment_of_modules(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const ModuleAddr *inner = parse("module.a[0].module.b.x.y", arena).module;
    assert_true(module_addr_is_within(inner, NULL));
    assert_true(module_addr_is_within(inner, inner));
    assert_true(module_addr_is_within(inner, inner->parent));
    assert_true(module_addr_is_within(inner, parse("module.a.x.y", arena).module));
    assert_false(module_addr_is_within(inner, parse("module.a.module.b.x.y", arena).module));
    assert_false(module_addr_is_within(inner->parent, inner));
    assert_false(module_addr_is_within(NULL, inner));
    assert_false(module_addr_is_within(inner, parse("module.a[1].x.y", arena).module));
}

UNIT_MAIN(test_address) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_as_it_was_written),
        cmocka_unit_test(modules_print),
        cmocka_unit_test(order_of_addresses),
        cmocka_unit_test(keys_are_values),
        cmocka_unit_test(targets_match),
        cmocka_unit_test(containment_of_modules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
