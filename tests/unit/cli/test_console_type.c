/* Types as the console shows them. */
#include "arena_case.h"

#include "console.h"

static void types_are_shown_in_lines(void **) {
    static const Str names[] = {STR_CONST("a b"), STR_CONST("c")};
    const Type *members[] = {&TYPE_BOOL, &TYPE_LIST_OF_ANY};
    const Type *object = type_object(names, members, NULL, 2, arena);
    const Type *parts[] = {&TYPE_NUMBER, &TYPE_EMPTY_OBJECT};
    const Type *lists = type_list(&TYPE_LIST_OF_STRING, arena);
    const Type *tuple = type_tuple(parts, 2, arena);
    const Type *map = type_map(&TYPE_EMPTY_TUPLE, arena);
    const struct {
        const Type *type;
        const char *wanted;
    } cases[] = {
        {&TYPE_DYNAMIC, "dynamic"},       {&TYPE_STRING, "string"},
        {&TYPE_EMPTY_TUPLE, "tuple([])"}, {&TYPE_EMPTY_OBJECT, "object({})"},
        {lists, "list(list(string))"},    {tuple, "tuple([\n    number,\n    object({}),\n])"},
        {map, "map(\n    tuple([]),\n)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(console_type_to_str(cases[i].type, arena), cases[i].wanted);
    check_str(console_type_to_str(object, arena),
              "object({\n    a b: bool,\n    c: list(dynamic),\n})");
    const Type *nested = type_list(type_set(object, arena), arena);
    check_str(
        console_type_to_str(nested, arena),
        "list(set(\n    object({\n        a b: bool,\n        c: list(dynamic),\n    }),\n))");
}

UNIT_MAIN(test_console_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_are_shown_in_lines),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
