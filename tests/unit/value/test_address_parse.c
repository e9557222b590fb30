/* Parsed addresses, and errors of invalid ones. */
#include "unit.h"

#include "address.h"

static void parts_of_a_resource(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    ResourceAddr address;
    Str text = STR(" module.a[ \"k\" ].data.http.x[12] ");
    assert_true(address_parse_resource(text, &address, arena, &diags));
    check_str(address.module->name, "a");
    check_str(address.module->key.text, "k");
    assert_null(address.module->parent);
    assert_int_equal(address.mode, MODE_DATA);
    check_str(address.type, "http");
    check_str(address.name, "x");
    assert_int_equal(address.key.kind, KEY_INT);
    assert_int_equal(address.key.index, 12);
}

static void keys_are_unescaped(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"a.b[\"\"]", ""},
        {"a.b[\"x y\"]", "x y"},
        {"a.b[\"\\u00e9\\U0001F600\"]", "é😀"},
        {"a.b[\"e\\u0301\"]", "é"},
        {"a.b[\"\\u0039\\u004A\\u004a\\U00010FFF\"]", "9JJ\U00010FFF"},
        {"a.b[\"\\t\\r\\n\\\"\\\\\"]", "\t\r\n\"\\"},
        {"a.b[\"$${a} %%{b} $ % $$\"]", "${a} %{b} $ % $$"},
        {"a.b[\"]\"]", "]"},
        {"a.b[\"$x{ %y{ $$x{ $%x{ %$x{\"]", "$x{ %y{ $$x{ $%x{ %$x{"},
        {"a.b[\"\\ud7ff\\ue000\\U0010ffff\"]", "\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"},
        {" a . b [ \"x\" ] ", "x"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        ResourceAddr address = {0};
        if (!address_parse_resource(str_from_cstr(cases[i][0]), &address, arena, &diags)) {
            fail_msg("%.*s", STR_ARG(diags.items[0].detail));
        }
        assert_int_equal(address.key.kind, KEY_STRING);
        check_str(address.key.text, cases[i][1]);
    }
}

static void keys_are_numbers(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {"0", "9", "10", "909", "9223372036854775807"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        Diags diags = diags_new(arena);
        ResourceAddr address = {0};
        Str text = str_format(arena, "a.b[%s]", texts[i]);
        assert_true(address_parse_resource(text, &address, arena, &diags));
        assert_int_equal(address.key.kind, KEY_INT);
        check_str_equal(resource_addr_to_str(address, arena), text);
    }
}

static void targets(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    AddressTarget target;
    assert_true(address_parse_target(STR("module.a[0]"), &target, arena, &diags));
    assert_false(target.is_resource);
    check_str(module_addr_to_str(target.module, arena), "module.a[0]");
    assert_true(address_parse_target(STR("module.a.x.y"), &target, arena, &diags));
    assert_true(target.is_resource);
    assert_ptr_equal(target.module, target.resource.module);
    check_str(resource_addr_to_str(target.resource, arena), "module.a.x.y");
}

static void errors_name_the_part(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"", "is empty"},
        {"a", "name after its type is missing"},
        {"a.", "a name is missing at the end"},
        {".a", "a name is expected instead of \".\""},
        {"a..b", "a name is expected instead of \".\""},
        {"a.0", "square brackets"},
        {"a.😀b", "instead of \"😀\"."},
        {"a.b[\"\\udfff\"]", "an escape is invalid"},
        {"a.b[\"\\udbff\"]", "an escape is invalid"},
        {"a.b[\"\\udc00\"]", "an escape is invalid"},
        {"a.b[\"\\U00110000\"]", "an escape is invalid"},
        {"a.b.c", "\"c\" is not allowed"},
        {"a.b[0][1]", "more than one instance key"},
        {"a[0].b", "[0] stands where"},
        {"a.b[x]", "in double quotes"},
        {"a.b[-1]", "integer"},
        {"a.b[1.5]", "fraction"},
        {"a.b[99999999999999999999]", "too large"},
        {"a.b[*]", "remove the brackets"},
        {"a.b[\"x]", "closing quote"},
        {"a.b[\"x\"", "closing bracket"},
        {"a.b[\"${x}\"]", "template"},
        {"a.b[\"%{x}\"]", "template"},
        {"a.b[\"${", "template"},
        {"a.b[\"x%{", "template"},
        {"a.b[\"$", "closing quote"},
        {"a.b[\"$${", "closing quote"},
        {"a.b[\"\\q\"]", "backslash"},
        {"a.b[\"\\ud800\"]", "an escape is invalid"},
        {"a.b[\"\\u12\"]", "4 hexadecimal digits"},
        {"a.b cd", "\"c\" cannot follow a name."},
        {"a.b \xc3\xa9", "\"\xc3\xa9\" cannot follow a name."},
        {"module", "module call"},
        {"module[0]", "module call"},
        {"module.a", "the address is that of a module"},
        {"module.a[0][1].x.y", "[1] stands where"},
        {"data", "type of a data source is missing"},
        {"module.a.data.x", "name after its type is missing"},
        {"1a.b", "\"1\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        ResourceAddr address;
        if (address_parse_resource(str_from_cstr(cases[i][0]), &address, arena, &diags)) {
            fail_msg("%s is taken", cases[i][0]);
        }
        assert_int_equal(diags.error_count, 1);
        check_str(diags.items[0].summary, "Invalid address");
        Str detail = diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i][1]), 0) == SIZE_MAX) {
            fail_msg("%s: %.*s", cases[i][0], STR_ARG(detail));
        }
    }
}

static void unknown_keys(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    ResourceAddr address;
    Str text = STR("module.a[*].module.b.t.x[*]");
    assert_true(address_parse_planned(text, &address, arena, &diags));
    assert_int_equal(address.key.kind, KEY_UNKNOWN);
    assert_int_equal(address.module->key.kind, KEY_NONE);
    assert_int_equal(address.module->parent->key.kind, KEY_UNKNOWN);
    check_str(resource_addr_to_str(address, arena), "module.a[*].module.b.t.x[*]");
    check_str(resource_addr_to_config_str(address, arena), "module.a.module.b.t.x");
    assert_false(address_parse_resource(text, &address, arena, &diags));
    assert_false(address_parse_planned(STR("t.x[*"), &address, arena, &diags));
}

/* An action, after its module; nothing is set for another address. */
static void actions(void **) {
    static const struct {
        const char *text;
        const char *error; /* a part; NULL: none */
    } cases[] = {
        {"action.a.b", NULL},
        {"module.m[0].action.a.b", NULL},
        {"action.a.b[1]", NULL},
        {"action.a.b[\"k\"]", NULL},
        {"", "The address is empty."},
        {"module.1.action.a.b", "In the address"},
        {"a.b", "the address of an action starts with \"action.\", after its module."},
        {"module.m", "the address of an action starts with \"action.\", after its module."},
        {"data.a.b", "the address of an action starts with"},
        {"action", "In the address"},
        {"action.a", "In the address"},
        {"action.a.b.c", "In the address"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        ResourceAddr found = {.mode = MODE_LIST};
        bool ok = address_parse_action(str_from_cstr(cases[i].text), &found, arena, &diags);
        assert_int_equal(diags.error_count, !ok);
        if (ok != !cases[i].error)
            fail_msg("%s", cases[i].text);
        if (!ok) {
            assert_int_equal(found.mode, MODE_LIST);
            if (str_find(diags.items[0].detail, str_from_cstr(cases[i].error), 0) == SIZE_MAX)
                fail_msg("%s: %.*s", cases[i].text, STR_ARG(diags.items[0].detail));
            continue;
        }
        assert_int_equal(found.mode, MODE_ACTION);
        check_str(resource_addr_to_str(found, arena), cases[i].text);
    }
}

/* The bytes have no end, so that the sanitizer sees a read behind them. */
static void cut_texts(void **) {
    static const char *const texts[] = {
        "module.a[\"k\\u00e9\\\"\\\\\"].module.b[12].data.http.x[\"a $${b} %%{c} ]\"]",
        "aws_x.y[-3]",
        "module.a[\"\\U0001F600\\t\"].module.b",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        size_t whole = strlen(texts[i]);
        for (size_t size = 0; size <= whole; size++) {
            Diags diags = diags_new(arena);
            AddressTarget target;
            ResourceAddr resource;
            char *bytes = malloc(size + 1);
            memcpy(bytes + 1, texts[i], size);
            Str text = {bytes + 1, size};
            bool is_target = address_parse_target(text, &target, arena, &diags);
            assert_int_equal(is_target, diags.count == 0);
            if (size == whole && i != 1)
                assert_true(is_target);
            diags = diags_new(arena);
            bool is_resource = address_parse_resource(text, &resource, arena, &diags);
            assert_int_equal(is_resource, diags.count == 0);
            if (size == whole)
                assert_int_equal(is_resource, i == 0);
            free(bytes);
        }
    }
}

UNIT_MAIN(test_address_parse) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(actions),
        cmocka_unit_test(parts_of_a_resource),
        cmocka_unit_test(keys_are_numbers),
        cmocka_unit_test(cut_texts),
        cmocka_unit_test(keys_are_unescaped),
        cmocka_unit_test(targets),
        cmocka_unit_test(errors_name_the_part),
        cmocka_unit_test(unknown_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
