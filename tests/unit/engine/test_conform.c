/* Plans checked against configurations and results against plans: allowed and forbidden
 * differences. */
#include "unit.h"

#include "conform.h"

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

typedef struct PlanCase {
    const char *prior;
    const char *config;
    const char *planned;
    const char *broken; /* part of the message; NULL: fine */
} PlanCase;

static const PlanCase plan_cases[] = {
    {"null", "a------", "a------", NULL},     {"null", "a------", "a-**---", NULL},
    {"null", "a------", "a-c----", NULL},     {"null", "a------", "b------", ".name"},
    {"null", "a------", "ax-----", ".opt"},   {"a-c----", "a------", "a-c----", NULL},
    {"b------", "a------", "b------", NULL},  {"null", "a--x---", "a--y---", ".both"},
    {"null", "a--x---", "a--x---", NULL},     {"null", "a---s--", "a---t--", "sensitive"},
    {"null", "a----w-", "a------", NULL},     {"null", "a----w-", "a----v-", ".wo"},
    {"null", "a-----2", "a-----2u", NULL},    {"null", "a-----2", "a-----3", "number of elements"},
    {"null", "a-----*", "a-----*", NULL},     {"null", "a-----*", "a-----2", NULL},
    {"null", "*------", "*------", NULL},     {"null", "a------", "null", "planned no object"},
    {"a-----1", "a-----2", "a-----2u", NULL}, {"a-----2", "a-----1", "a-----1u", NULL},
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
        if (!ok)
            assert_true(str_find(diags.items[0].detail, str_from_cstr(c->broken), 0) != SIZE_MAX);
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
    {NULL, "a------", "null", "no object is left"},
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
        if (!ok)
            assert_true(str_find(diags.items[0].detail, str_from_cstr(c->broken), 0) != SIZE_MAX);
    }
}

UNIT_MAIN(test_conform) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plans_follow_the_configuration),
        cmocka_unit_test(results_follow_the_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
