/* Plans checked against configurations and results against plans: allowed and forbidden
 * differences. */
#include "unit.h"

#include "conform.h"
#include "json.h"

static const Attribute item_attributes[] = {
    {"k", &TYPE_STRING, REQUIRED, "Key."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name."},
    {"opt", &TYPE_STRING, OPTIONAL, "Optional."},
    {"comp", &TYPE_STRING, COMPUTED, "Computed."},
    {"both", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Secret."},
    {"wo", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
    {"list", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, item_attributes)},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

/* Attributes in the order of the table, one letter each: "-" null, "*" unknown, else the text. The
 * digit is the length of the list; its computed parts are null, or unknown with "u". */
static Value object(const char *letters, Arena *arena) {
    if (strcmp(letters, "null") == 0)
        return value_null(schema_implied_type(&schema));
    const Type *type = schema_implied_type(&schema);
    Value *items = arena_new_array(arena, Value, ARRAY_COUNT(attributes));
    for (size_t i = 0; i < ARRAY_COUNT(attributes); i++) {
        size_t index = 0;
        assert_true(type_find_attribute(type, str_from_cstr(attributes[i].name), &index));
        const Type *own = attribute_implied_type(&attributes[i]);
        char letter = letters[i];
        if (letter == '-') {
            items[index] = value_null(own);
        } else if (letter == '*') {
            items[index] = value_unknown(own);
        } else if (!attributes[i].nested) {
            items[index] = value_string((Str){&letters[i], 1}, arena);
        } else {
            size_t count = (size_t)(letter - '0');
            Value *members = arena_new_array(arena, Value, count + 1);
            for (size_t j = 0; j < count; j++) {
                Value *parts = arena_new_array(arena, Value, 2);
                parts[0] =
                    letters[i + 1] == 'u' ? value_unknown(&TYPE_STRING) : value_null(&TYPE_STRING);
                parts[1] = value_from_cstr("k");
                members[j] = value_object_of(own->element, parts);
            }
            items[index] = value_list(own->element, members, count, arena);
        }
    }
    return value_object_of(type, items);
}

/* A message has both values, unless they are sensitive. */
static void check_values(Str detail, bool is_secret) {
    assert_int_equal(str_find(detail, STR(": expected "), 0) != SIZE_MAX, !is_secret);
    assert_int_equal(str_find(detail, STR(", got "), 0) != SIZE_MAX, !is_secret);
    assert_int_equal(str_find(detail, STR("(the values are sensitive)"), 0) != SIZE_MAX, is_secret);
}

typedef struct PlanCase {
    const char *prior;
    const char *config;
    const char *planned;
    const char *broken; /* part of the message; NULL: fine */
} PlanCase;

static const PlanCase plan_cases[] = {
    {"null", "a------", "a------", NULL},
    {"null", "a------", "a-**---", NULL},
    {"null", "a------", "a-c----", NULL},
    {"null", "a------", "b------", ".name"},
    {"null", "a------", "ax-----", ".opt"},
    {"a-c----", "a------", "a-c----", NULL},
    {"b------", "a------", "b------", NULL},
    {"null", "a--x---", "a--y---", ".both"},
    {"null", "a--x---", "a--x---", NULL},
    {"null", "a---s--", "a---t--", "sensitive"},
    {"null", "a----w-", "a------", NULL},
    {"null", "a----w-", "a----v-", ".wo"},
    {"null", "a-----2", "a-----2u", NULL},
    {"null", "a-----2", "a-----3", "number of elements"},
    {"null", "a-----*", "a-----*", NULL},
    {"null", "a-----*", "a-----2", NULL},
    {"null", "*------", "*------", NULL},
    {"null", "a------", "null", "planned no object: expected {"},
    {"a-----1", "a-----2", "a-----2u", NULL},
    {"a-----2", "a-----1", "a-----1u", NULL},
};

static void plans_follow_the_configuration(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(plan_cases); i++) {
        const PlanCase *c = &plan_cases[i];
        Diags diags = diags_new(arena);
        bool ok = conform_plan(&schema, object(c->prior, arena), object(c->config, arena),
                               object(c->planned, arena), arena, &diags);
        if (ok != !c->broken)
            print_error("case %zu: %s → %s\n", i, c->config, c->planned);
        assert_int_equal(ok, !c->broken);
        assert_int_equal(ok, diags.count == 0);
        if (ok)
            continue;
        assert_true(str_find(diags.items[0].detail, str_from_cstr(c->broken), 0) != SIZE_MAX);
        check_values(diags.items[0].detail, strcmp(c->broken, "sensitive") == 0);
    }
}

static const PlanCase result_cases[] = {
    {NULL, "a-*----", "a-c----", NULL},
    {NULL, "a-*----", "a------", NULL},
    {NULL, "a-c----", "a-d----", "differs from"},
    {NULL, "a------", "a-c----", "is now present"},
    {NULL, "a-c----", "a------", "is now absent"},
    {NULL, "a---s--", "a---t--", "sensitive"},
    {NULL, "a-----2u", "a-----2", NULL},
    {NULL, "a-----2u", "a-----3", "number of elements"},
    {NULL, "a-----2", "a-----2", NULL},
    {NULL, "a-----1", "a------", "is now absent"},
    {NULL, "a------", "null", "no object is left: expected {"},
};

static void results_follow_the_plan(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(result_cases); i++) {
        const PlanCase *c = &result_cases[i];
        Diags diags = diags_new(arena);
        bool ok = conform_result(&schema, object(c->config, arena), object(c->planned, arena),
                                 "Broken", arena, &diags);
        if (ok != !c->broken)
            print_error("case %zu: %s → %s\n", i, c->config, c->planned);
        assert_int_equal(ok, !c->broken);
        if (ok)
            continue;
        assert_true(str_find(diags.items[0].detail, str_from_cstr(c->broken), 0) != SIZE_MAX);
        check_values(diags.items[0].detail, strcmp(c->broken, "sensitive") == 0);
    }
}

/* A change of any one attribute is reported at that attribute. */
static void each_attribute_is_compared(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char planned[] = "nocbsw1";
    for (size_t i = 0; i < ARRAY_COUNT(attributes); i++) {
        char actual[] = "nocbsw1";
        Diags diags = diags_new(arena);
        actual[i] = attributes[i].nested ? '2' : 'x';
        assert_false(conform_result(&schema, object(planned, arena), object(actual, arena),
                                    "Broken", arena, &diags));
        assert_int_equal(diags.count, 1);
        Str place = str_format(arena, ".%s: ", attributes[i].name);
        assert_true(str_starts_with(diags.items[0].detail, place));
    }
}

/* Objects with every nesting, as JSON; the text "?" stands for an unknown value. */
static const Attribute tree_attributes[] = {
    {"list", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, item_attributes)},
    {"map", NULL, OPTIONAL, "Map.", NESTED(NEST_MAP, item_attributes)},
    {"set", NULL, OPTIONAL, "Set.", NESTED(NEST_SET, item_attributes)},
    {"one", NULL, OPTIONAL, "Object.", NESTED(NEST_SINGLE, item_attributes)},
    {"auto", NULL, OPTIONAL | COMPUTED, "Object.", NESTED(NEST_SINGLE, item_attributes)},
    {"texts", &TYPE_LIST_OF_STRING, OPTIONAL, "Texts."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    {"names", &TYPE_SET_OF_STRING, OPTIONAL, "Names."},
    {"keys", &TYPE_LIST_OF_STRING, OPTIONAL | SENSITIVE, "Keys."},
};

static const Schema tree_schema = {SCHEMA_ATTRIBUTES(tree_attributes)};

static Value open_unknown(Value v, void *, Arena *) {
    bool is_mark =
        value_is_present(v) && v.type->kind == KIND_STRING && str_equal(value_text(v), STR("?"));
    return is_mark ? value_unknown(v.type) : v;
}

static Value tree(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = "";
    Value value;
    JsonToken token = json_next(&reader);
    if (!json_read_typed(&reader, token, schema_implied_type(&tree_schema), &value, &error, arena))
        fail_msg("%s: %s", json, error);
    return value_transform(schema_apply_defaults(&tree_schema, value, arena), open_unknown, NULL,
                           arena);
}

static void check_tree(bool ok, const Diags *diags, const char *json, const char *wanted) {
    Str found = diags->count ? diags->items[0].detail : STR_EMPTY;
    if (!ok)
        check_values(found, str_starts_with(found, STR(".keys")));
    if (ok != !wanted || ok != (diags->count == 0) ||
        (wanted && !str_starts_with(found, str_from_cstr(wanted))))
        fail_msg("%s: %.*s", json, STR_ARG(found));
}

static const PlanCase nested_plans[] = {
    {"{}", "{'list':[{'k':'a'},{'k':'b'}]}", "{'list':[{'k':'x'},{'k':'b'}]}", ".list[0].k: "},
    {"{}", "{'list':[{'k':'a'},{'k':'b'}]}", "{'list':[{'k':'a'},{'k':'x'}]}", ".list[1].k: "},
    {"{}", "{'list':[{'k':'a'}]}", "{'list':[{'k':'a','c':'x'}]}", NULL},
    {"{'list':[{'k':'x'}]}", "{'list':[{'k':'a'}]}", "{'list':[{'k':'x'}]}", NULL},
    {"{'list':[{'k':'x'}]}", "{'list':[{'k':'a'},{'k':'b'}]}", "{'list':[{'k':'x'},{'k':'x'}]}",
     ".list[1].k: "},
    {"{}", "{'list':[{'k':'a'}]}", "{}", ".list: planned value differs"},
    {"{}", "{}", "{'list':[{'k':'a'}]}", ".list: planned value differs"},
    {"{}", "{'list':[{'k':'a'}]}", "{'list':[]}", ".list: planned number of elements"},
    {"{}", "{'map':{'x':{'k':'a'},'y':{'k':'b'}}}", "{'map':{'x':{'k':'a'},'y':{'k':'z'}}}",
     ".map[\"y\"].k: "},
    {"{'map':{'y':{'k':'z'}}}", "{'map':{'x':{'k':'a'},'y':{'k':'b'}}}",
     "{'map':{'x':{'k':'a'},'y':{'k':'z'}}}", NULL},
    {"{'map':{'y':{'k':'z'}}}", "{'map':{'x':{'k':'a'},'y':{'k':'b'}}}",
     "{'map':{'x':{'k':'z'},'y':{'k':'b'}}}", ".map[\"x\"].k: "},
    {"{}", "{'map':{'x':{'k':'a'}}}", "{'map':{'x':{'k':'a','c':'?'}}}", NULL},
    {"{}", "{'set':[{'k':'a'}]}", "{'set':[{'k':'b'}]}", NULL},
    {"{}", "{'one':{'k':'a'}}", "{'one':{'k':'b'}}", ".one.k: "},
    {"{'one':{'k':'b'}}", "{'one':{'k':'a'}}", "{'one':{'k':'b'}}", NULL},
    {"{}", "{'one':{'k':'?'}}", "{'one':{'k':'b'}}", ".one.k: "},
    {"{}", "{}", "{'auto':{'k':'b'}}", NULL},
    {"{}", "{'auto':{'k':'a'}}", "{'auto':{'k':'b'}}", ".auto.k: "},
    {"{}", "{'auto':{'k':'a'}}", "{'auto':{'k':'a','c':'b'}}", NULL},
    {"{}", "{'auto':{'k':'?'}}", "{'auto':{'k':'b'}}", NULL},
    {"{}", "{'keys':['a']}", "{'keys':['b']}",
     ".keys: planned value differs from the configuration (the values are sensitive)"},
    {"{}", "{'texts':['a']}", "{'texts':['b']}",
     ".texts: planned value differs from the configuration: expected [\"a\"], got [\"b\"]. This is "
     "a bug"},
};

static const PlanCase nested_results[] = {
    {NULL, "{'list':[{'k':'a'},{'k':'b'}]}", "{'list':[{'k':'x'},{'k':'b'}]}", ".list[0].k: "},
    {NULL, "{'list':[{'k':'a'},{'k':'b'}]}", "{'list':[{'k':'a'},{'k':'x'}]}", ".list[1].k: "},
    {NULL, "{'list':[{'k':'a','c':'?'}]}", "{'list':[{'k':'a','c':'x'}]}", NULL},
    {NULL, "{'list':[{'k':'a','c':'?'}]}", "{'list':[{'k':'x','c':'x'}]}", ".list[0].k: "},
    {NULL, "{'list':[{'k':'a','c':'?'}]}", "{}", ".list: was present, but is now absent"},
    {NULL, "{'texts':['?','b']}", "{'texts':['a','b']}", NULL},
    {NULL, "{'texts':['?','b']}", "{'texts':['a','x']}", ".texts[1]: "},
    {NULL, "{'texts':['?']}", "{'texts':['a','b']}", ".texts: has another number"},
    {NULL, "{'texts':['a','b']}", "{'texts':['a','x']}", ".texts[1]: differs"},
    {NULL, "{'texts':['a','b']}", "{'texts':['a']}", ".texts: differs"},
    {NULL, "{'tags':{'a':'?','b':'c'}}", "{'tags':{'a':'x','b':'c'}}", NULL},
    {NULL, "{'tags':{'a':'?','b':'c'}}", "{'tags':{'a':'x','b':'y'}}", ".tags[\"b\"]: differs"},
    {NULL, "{'tags':{'a':'?','b':'c'}}", "{'tags':{'a':'x'}}", ".tags[\"b\"]: was planned, but"},
    {NULL, "{'tags':{'a':'?'}}", "{'tags':{'a':'x','b':'y'}}", NULL},
    {NULL, "{'tags':{'a':'b'}}", "{'tags':{'x':'b'}}", ".tags[\"a\"]: was planned, but"},
    {NULL, "{'names':['a']}", "{'names':['b']}", ".names: differs"},
    {NULL, "{'names':['a','?']}", "{'names':['a']}", NULL},
    {NULL, "{'names':['a','?']}", "{'names':['x','y']}", NULL},
    {NULL, "{'names':['a','?']}", "{'names':['a','b','c']}", ".names: has more elements"},
    {NULL, "{'one':{'k':'a','c':'?'}}", "{'one':{'k':'x','c':'y'}}", ".one.k: differs"},
    {NULL, "{'one':{'k':'a'}}", "{'one':{'k':'a','c':'y'}}", ".one.c: was absent, but"},
    {NULL, "{'keys':['a','b']}", "{'keys':['a','x']}",
     ".keys[1]: differs from the planned value (the values are sensitive)"},
};

/* A member that was absent, and one that has vanished, of each kind. */
static const char *const members[][2] = {
    {".list", "{'list':[{'k':'a'}]}"},
    {".map", "{'map':{'x':{'k':'a'}}}"},
    {".set", "{'set':[{'k':'a'}]}"},
    {".one", "{'one':{'k':'a'}}"},
    {".texts", "{'texts':['a']}"},
    {".tags", "{'tags':{'x':'a'}}"},
    {".names", "{'names':['a']}"},
    {".list", "{'list':[]}"},
    {".map", "{'map':{}}"},
    {".set", "{'set':[]}"},
    {".texts", "{'texts':[]}"},
    {".tags", "{'tags':{}}"},
};

static const char *with_quotes(const char *text, Arena *arena) {
    char *copy = (char *)(uintptr_t)str_to_cstr(str_from_cstr(text), arena);
    for (char *at = copy; *at; at++)
        *at = *at == '\'' ? '"' : *at;
    return copy;
}

static void places_inside_of_objects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(nested_plans); i++) {
        const PlanCase *c = &nested_plans[i];
        Diags diags = diags_new(arena);
        bool ok = conform_plan(&tree_schema, tree(with_quotes(c->prior, arena), arena),
                               tree(with_quotes(c->config, arena), arena),
                               tree(with_quotes(c->planned, arena), arena), arena, &diags);
        check_tree(ok, &diags, c->planned, c->broken);
    }
    for (size_t i = 0; i < ARRAY_COUNT(nested_results); i++) {
        const PlanCase *c = &nested_results[i];
        Diags diags = diags_new(arena);
        bool ok =
            conform_result(&tree_schema, tree(with_quotes(c->config, arena), arena),
                           tree(with_quotes(c->planned, arena), arena), "Broken", arena, &diags);
        check_tree(ok, &diags, c->planned, c->broken);
    }
}

static void absent_members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value none = tree("{}", arena);
    for (size_t i = 0; i < 2 * ARRAY_COUNT(members); i++) {
        Value one = tree(with_quotes(members[i / 2][1], arena), arena);
        Diags diags = diags_new(arena);
        bool vanishes = i % 2;
        assert_false(conform_result(&tree_schema, vanishes ? one : none, vanishes ? none : one,
                                    "Broken", arena, &diags));
        assert_int_equal(diags.count, 1);
        Str wanted = str_format(arena, "%s: %s", members[i / 2][0],
                                vanishes ? "was present, but is now absent: expected "
                                         : "was absent, but is now present: expected null, got ");
        if (!str_starts_with(diags.items[0].detail, wanted))
            fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    }
}

/* A message shows the first 200 characters of a value. */
static void long_values(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char text[400];
    memset(text, 'x', sizeof text);
    for (size_t size = 190; size < sizeof text; size += size < 210 ? 1 : 30) {
        Value one = value_string((Str){text, size}, arena);
        Value other = value_string((Str){text, size - 1}, arena);
        Str name = STR("name");
        Value planned = value_object(&name, &one, 1, arena);
        Value actual = value_object(&name, &other, 1, arena);
        Diags diags = diags_new(arena);
        assert_false(conform_result(&schema, planned, actual, "Broken", arena, &diags));
        Str wanted = str_format(
            arena,
            ".name: differs from the planned value: expected %.*s, got %.*s. This is a bug in the "
            "provider.",
            STR_ARG(value_display(one, 200, arena)), STR_ARG(value_display(other, 200, arena)));
        check_str_equal(diags.items[0].detail, wanted);
    }
}

UNIT_MAIN(test_conform) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_follow_the_configuration),
        cmocka_unit_test(results_follow_the_plan),
        cmocka_unit_test(each_attribute_is_compared),
        cmocka_unit_test(places_inside_of_objects),
        cmocka_unit_test(absent_members),
        cmocka_unit_test(long_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
