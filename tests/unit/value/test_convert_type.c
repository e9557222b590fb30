#include "type_case.h"

#include "convert_type.h"

typedef enum Wanted { NEVER, WITH_RISK, ALWAYS } Wanted;

static void conversions_are_safe_or_not(void **) {
    static const struct {
        const char *from, *to;
        Wanted wanted;
    } cases[] = {
        {"'number'", "'string'", ALWAYS},
        {"'string'", "'number'", WITH_RISK},
        {"'string'", "'bool'", WITH_RISK},
        {"'bool'", "'number'", NEVER},
        {"'string'", "'dynamic'", ALWAYS},
        {"'dynamic'", "'string'", WITH_RISK},
        {"['list','number']", "['list','string']", ALWAYS},
        {"['list','string']", "['set','string']", WITH_RISK},
        {"['set','string']", "['list','string']", ALWAYS},
        {"['list','string']", "['tuple',['string']]", NEVER},
        {"['tuple',['number','bool']]", "['list','string']", ALWAYS},
        {"['tuple',['number','bool']]", "['list','dynamic']", NEVER},
        {"['tuple',['dynamic','number']]", "['list','dynamic']", WITH_RISK},
        {"['tuple',['number','dynamic']]", "['list','dynamic']", WITH_RISK},
        {"['tuple',['number','dynamic','dynamic']]", "['set','dynamic']", WITH_RISK},
        {"['tuple',['dynamic','number','dynamic']]", "['set','dynamic']", WITH_RISK},
        {"['tuple',['dynamic','dynamic']]", "['list','dynamic']", ALWAYS},
        {"['tuple',[]]", "['set',['list','bool']]", ALWAYS},
        {"['tuple',['number']]", "['tuple',['string']]", ALWAYS},
        {"['tuple',['number']]", "['tuple',[]]", NEVER},
        {"['map','string']", "['object',{'a':'string'}]", WITH_RISK},
        {"['map','bool']", "['object',{'a':'number'}]", NEVER},
        {"['map','bool']", "['object',{'a':'number'},['a']]", WITH_RISK},
        {"['map','bool']", "['object',{'a':'bool','b':'number'}]", NEVER},
        {"['object',{'a':'number'}]", "['map','string']", ALWAYS},
        {"['object',{'a':'number'}]", "['object',{'b':'string'}]", NEVER},
        {"['object',{'a':'number'}]", "['object',{'b':'string'},['b']]", ALWAYS},
        {"['object',{'a':'number'}]", "['list','number']", NEVER},
        {"['object',{'a':'number','b':'bool'}]", "['object',{'a':'string','b':'number'}]", NEVER},
        {"['object',{'a':'number','b':'string'}]", "['object',{'a':'string','b':'number'}]",
         WITH_RISK},
        {"['tuple',['number','bool']]", "['tuple',['string','number']]", NEVER},
        {"['tuple',['bool','number']]", "['tuple',['number','string']]", NEVER},
        {"['tuple',['number','string']]", "['tuple',['number','number']]", WITH_RISK},
        {"['tuple',['bool','bool']]", "['tuple',['bool','number']]", NEVER},
        {"['map','bool']", "['object',{'a':'bool','b':'string'}]", WITH_RISK},
        {"['map','bool']", "['object',{'a':'bool','b':'bool'},['b']]", WITH_RISK},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *from = type_of(cases[i].from), *to = type_of(cases[i].to);
        bool safe = convert_type_is_possible(from, to, CONVERT_SAFE, arena);
        bool possible = convert_type_is_possible(from, to, CONVERT_UNSAFE, arena);
        Wanted got = safe ? ALWAYS : possible ? WITH_RISK : NEVER;
        if (got != cases[i].wanted)
            fail_msg("%s to %s: %d", cases[i].from, cases[i].to, (int)got);
    }
}

static void dynamic_places_are_settled(void **) {
    static const struct {
        const char *from, *to, *wanted;
    } cases[] = {
        {"'string'", "'dynamic'", "string"},
        {"'dynamic'", "['list','dynamic']", "list(any)"},
        {"['set','number']", "['list','dynamic']", "list(number)"},
        {"['tuple',['number','string']]", "['set','dynamic']", "set(string)"},
        {"['tuple',[]]", "['list','dynamic']", "list(any)"},
        {"['object',{'a':'bool'}]", "['map','dynamic']", "map(bool)"},
        {"['map','bool']", "['object',{'a':'dynamic'}]", "object({a=bool})"},
        {"['object',{'a':'bool'}]", "['object',{'a':'dynamic','b':'dynamic'}]",
         "object({a=bool, b=any})"},
        {"['tuple',['bool','bool']]", "['tuple',['dynamic','string']]", "tuple([bool, string])"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *settled =
            convert_type_resolve(type_of(cases[i].from), type_of(cases[i].to), arena);
        check_str(type_to_constraint(settled, arena), cases[i].wanted);
    }
}

static void mismatches_name_the_expected_type(void **) {
    static const struct {
        const char *have, *want, *wanted;
    } cases[] = {
        {"'bool'", "'number'", "number required, but have bool"},
        {"'bool'", "['list','dynamic']", "list of any type required, but have bool"},
        {"['list','bool']", "['set','number']",
         "incorrect element type: number required, but have bool"},
        {"['object',{'a':'bool','b':'bool','c':'bool'}]",
         "['object',{'a':'bool','b':'number','c':'bool'}]",
         "attribute 'b': number required, but have bool"},
        {"['object',{'a':'bool','b':'bool','c':'bool'}]",
         "['object',{'a':'number','b':['list','bool'],'c':'string'}]",
         "attribute 'a': number required, but have bool"},
        {"['map','bool']", "['map','number']",
         "incorrect element type: number required, but have bool"},
        {"['set','bool']", "['list','number']",
         "incorrect element type: number required, but have bool"},
        {"['map','bool']", "['list','bool']", "list of bool required, but have map of bool"},
        {"['set','bool']", "['map','bool']", "map of bool required, but have set of bool"},
        {"['tuple',['bool',['tuple',[]]]]", "['list','string']",
         "element 1: string required, but have tuple"},
        {"['object',{'a':'bool'}]", "['object',{'a':'number','b':'bool'}]",
         "attribute 'b' is required"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str_equal(
            convert_type_mismatch(type_of(cases[i].have), type_of(cases[i].want), arena),
            with_quotes(cases[i].wanted));
    }
}

UNIT_MAIN(test_convert_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conversions_are_safe_or_not),
        cmocka_unit_test(dynamic_places_are_settled),
        cmocka_unit_test(mismatches_name_the_expected_type),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
