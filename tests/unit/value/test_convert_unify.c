#include "type_case.h"

#include "convert.h"
#include "convert_type.h"

#define A_NUMBER   "['object',{'a':'number'}]"
#define A_STRING   "['object',{'a':'string'}]"
#define B_BOOL     "['object',{'b':'bool'}]"
#define A_LIST     "['object',{'a':['list','bool']}]"
#define NUMBERS    "['list','number']"
#define STRINGS    "['list','string']"
#define STRING_SET "['set','string']"
#define NUMBER_SET "['set','number']"
#define STRING_MAP "['map','string']"
#define NUMBER_MAP "['map','number']"
#define PAIR       "['tuple',['number','string']]"
#define SINGLE     "['tuple',['number']]"
#define EMPTY      "['tuple',[]]"

/* clang-format off */
/* Two types and their unified type, with safe conversions or, if there are none, with unsafe ones. */
static const struct {
    const char *a, *b, *safe, *unsafe;
} cases[] = {
    {"'string'", "'string'", "string", "string"},
    {"'string'", "'number'", "string", "string"},
    {"'bool'", "'string'", "string", "string"},
    {"'bool'", "'number'", NULL, NULL},
    {"'dynamic'", "'number'", "any", "number"},
    {"'dynamic'", "'dynamic'", "any", "any"},
    {"'dynamic'", NUMBERS, "any", "any"},
    {"'dynamic'", A_NUMBER, "any", "any"},
    {NUMBERS, STRINGS, "list(string)", "list(string)"},
    {NUMBERS, "['list','bool']", NULL, NULL},
    {STRINGS, STRING_SET, "list(string)", "list(string)"},
    {NUMBERS, STRING_SET, NULL, "list(number)"},
    {STRINGS, PAIR, "list(string)", "list(string)"},
    {NUMBERS, PAIR, "list(string)", "list(string)"},
    {STRING_SET, PAIR, "set(string)", "set(string)"},
    {STRINGS, STRING_MAP, NULL, NULL},
    {NUMBER_MAP, STRING_MAP, "map(string)", "map(string)"},
    {NUMBER_MAP, A_STRING, "map(string)", "map(string)"},
    {STRING_MAP, A_LIST, NULL, NULL},
    {A_NUMBER, A_STRING, "object({a=string})", "object({a=string})"},
    {A_NUMBER, B_BOOL, NULL, NULL},
    {"['object',{'a':'number','b':'string'}]", "['object',{'a':'number','c':'string'}]", "map(string)", "map(string)"},
    {"['object',{'a':'number','b':'string'}]", "['object',{'a':'string','b':'string'}]", "object({a=string, b=string})", "object({a=string, b=string})"},
    {A_STRING, B_BOOL, "map(string)", "map(string)"},
    {A_STRING, A_LIST, NULL, NULL},
    {A_STRING, PAIR, NULL, NULL},
    {PAIR, SINGLE, "list(string)", "list(string)"},
    {PAIR, "['tuple',['string','string']]", "tuple([string, string])", "tuple([string, string])"},
    {"['object',{'a':'string','b':'bool'}]", "['object',{'a':'string','c':'number'}]", "map(string)", "map(string)"},
    {EMPTY, SINGLE, "list(number)", "list(number)"},
    {EMPTY, EMPTY, "tuple([])", "tuple([])"},
    {"'string'", STRINGS, NULL, NULL},
};
/* clang-format on */

static void check_unified(const Type *got, const char *wanted) {
    if (wanted && got) {
        check_str(type_to_constraint(got, arena), wanted);
    } else if (wanted || got) {
        fail_msg("got %s, wanted %s",
                 got ? str_to_cstr(type_to_constraint(got, arena), arena) : "nothing",
                 wanted ? wanted : "nothing");
    }
}

static void pairs_unify_either_way_round(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *there[] = {type_of(cases[i].a), type_of(cases[i].b)};
        const Type *back[] = {there[1], there[0]};
        check_unified(convert_type_unify(there, 2, CONVERT_SAFE, arena), cases[i].safe);
        check_unified(convert_type_unify(back, 2, CONVERT_SAFE, arena), cases[i].safe);
        check_unified(convert_unify(there, 2, arena), cases[i].unsafe);
        check_unified(convert_unify(back, 2, arena), cases[i].unsafe);
    }
}

static void several_types(void **) {
    const Type *primitives[] = {&TYPE_BOOL, &TYPE_NUMBER, &TYPE_STRING, &TYPE_BOOL};
    check_unified(convert_type_unify(primitives, 4, CONVERT_SAFE, arena), "string");
    check_unified(convert_type_unify(primitives, 2, CONVERT_SAFE, arena), NULL);
    check_unified(convert_type_unify(NULL, 0, CONVERT_SAFE, arena), NULL);
    const Type *mixed[] = {type_of(STRINGS), &TYPE_STRING, &TYPE_DYNAMIC};
    check_unified(convert_unify(mixed, 3, arena), "any");
    /* A pair that differs in one part only, in either part, next to a list. */
    const Type *pairs[] = {type_of("['tuple',['number','number']]"), type_of(PAIR),
                           type_of("['tuple',['string','number']]")};
    check_unified(convert_type_unify(pairs, 3, CONVERT_SAFE, arena), "tuple([string, string])");
    const Type *three[] = {type_of(NUMBERS), type_of(PAIR), type_of(SINGLE)};
    check_unified(convert_type_unify(three, 3, CONVERT_SAFE, arena), "list(string)");
    const Type *objects[] = {type_of(A_NUMBER), type_of(B_BOOL), type_of(STRING_MAP)};
    check_unified(convert_type_unify(objects, 3, CONVERT_SAFE, arena), "map(string)");
    const Type *twice[] = {type_of(A_NUMBER), type_of(A_NUMBER), type_of(A_STRING),
                           type_of(A_NUMBER)};
    check_unified(convert_type_unify(twice, 4, CONVERT_SAFE, arena), "object({a=string})");
    const Type *sets[] = {type_of(STRING_SET), type_of(SINGLE), type_of(NUMBER_SET)};
    check_unified(convert_type_unify(sets, 3, CONVERT_SAFE, arena), "set(string)");
    const Type *sequences[] = {type_of(NUMBER_SET), type_of(STRING_SET), type_of(STRINGS)};
    check_unified(convert_type_unify(sequences, 3, CONVERT_SAFE, arena), "list(string)");
}

/* In any order, several types have the same unified type, and each converts to it. */
static void orders_do_not_matter(void **) {
    static const char *const names[] = {
        "'dynamic'",
        "'bool'",
        "'number'",
        "'string'",
        NUMBERS,
        STRINGS,
        NUMBER_SET,
        STRING_SET,
        NUMBER_MAP,
        STRING_MAP,
        A_NUMBER,
        A_STRING,
        B_BOOL,
        PAIR,
        SINGLE,
        EMPTY,
        "['list',['list','number']]",
        "['list',['set','string']]",
        "['map',['list','string']]",
        "['object',{'a':['set','number'],'b':['list','string']}]",
        "['object',{'a':['list','string'],'b':['set','number']}]",
        "['tuple',[['set','string'],['map','number']]]",
        "['tuple',[['list','number'],['object',{'a':'number'}]]]",
    };
    static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    const size_t count = ARRAY_COUNT(names);
    const Type *types[ARRAY_COUNT(names)];
    for (size_t i = 0; i < count; i++)
        types[i] = type_of(names[i]);
    for (size_t i = 0; i < count * count * count * 2; i++) {
        const Type *three[] = {types[i / 2 % count], types[i / 2 / count % count],
                               types[i / 2 / count / count]};
        ConvertSafety safety = i % 2 ? CONVERT_SAFE : CONVERT_UNSAFE;
        const Type *first = NULL;
        for (size_t k = 0; k < ARRAY_COUNT(orders); k++) {
            const Type *ordered[] = {three[orders[k][0]], three[orders[k][1]], three[orders[k][2]]};
            const Type *got = convert_type_unify(ordered, 3, safety, arena);
            if (k == 0)
                first = got;
            if (got != first && !(got && first && type_equal(got, first)))
                fail_msg("%zu: %s, %s, %s", k, names[i / 2 % count], names[i / 2 / count % count],
                         names[i / 2 / count / count]);
        }
        for (size_t k = 0; first && k < 3; k++)
            assert_true(convert_type_is_possible(three[k], first, safety, arena));
    }
}

/* One conversion per pair of types would take minutes here. */
static void many_types(void **) {
    enum { COUNT = 20000 };
    const Type **types = arena_new_array(arena, const Type *, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        Str *name = arena_new(arena, Str);
        const Type *type = &TYPE_NUMBER;
        *name = str_format(arena, "attribute%zu", i);
        types[i] = type_object(name, &type, NULL, 1, arena);
    }
    check_unified(convert_type_unify(types, COUNT, CONVERT_SAFE, arena), "map(number)");
}

/* Structures that differ in some parts only: the more general one is found wherever it stands, and
 * neither is if each is wider in another part. */
static void wider_parts(void **) {
    static const char *const parts[] = {"'number'", "'string'", NUMBERS, STRINGS, STRING_SET};
    const size_t count = ARRAY_COUNT(parts);
    for (size_t i = 0; i < count * count; i++) {
        const char *first = parts[i / count], *second = parts[i % count];
        for (int place = 0; place < 3; place++) {
            const Type *types[2], *wanted;
            const Type *each[] = {type_of(first), type_of(second)};
            const Type *unified = convert_type_unify(each, 2, CONVERT_SAFE, arena);
            for (size_t k = 0; k < 3; k++) {
                const Type *of_parts[] = {&TYPE_BOOL, &TYPE_BOOL, &TYPE_BOOL};
                of_parts[place] = k < 2 ? each[k] : unified;
                const Type *made = of_parts[place] ? type_tuple(of_parts, 3, arena) : NULL;
                if (k < 2)
                    types[k] = made;
                else
                    wanted = made;
            }
            const Type *got = convert_type_unify(types, 2, CONVERT_SAFE, arena);
            if (got != wanted && !(got && wanted && type_equal(got, wanted)))
                fail_msg("%s and %s at %d", first, second, place);
            /* Among sets, a list is the result if the elements of all sets convert to its. */
            const Type *sets[] = {type_set(types[0], arena), type_set(types[1], arena),
                                  type_list(types[1], arena)};
            got = convert_type_unify(sets, 3, CONVERT_SAFE, arena);
            const Type *list = wanted && type_equal(wanted, types[1]) ? sets[2] : NULL;
            if (got != list && !(got && list && type_equal(got, list)))
                fail_msg("sets of %s and %s at %d: %s", first, second, place,
                         got ? str_to_cstr(type_to_constraint(got, arena), arena) : "nothing");
        }
    }
}

UNIT_MAIN(test_convert_unify) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_unify_either_way_round),
        cmocka_unit_test(several_types),
        cmocka_unit_test(wider_parts),
        cmocka_unit_test(orders_do_not_matter),
        cmocka_unit_test(many_types),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
