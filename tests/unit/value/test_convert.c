#include "type_case.h"

#include "convert.h"
#include "convert_type.h"

/* A value from JSON: typed as jsondecode types it, or of a given type. */
static Value value_of(const char *json, const char *type) {
    Value v = value_null(&TYPE_DYNAMIC);
    const char *error = "";
    JsonReader reader = json_reader_new(with_quotes(json), arena);
    JsonToken token = json_next(&reader);
    bool read = type ? json_read_typed(&reader, token, type_of(type), &v, &error, arena)
                     : json_read_any(&reader, token, &v, arena);
    if (!read)
        fail_msg("value: %s %s", json, error);
    return v;
}

typedef struct Case {
    const char *have; /* a type; NULL: as jsondecode */
    const char *value;
    const char *want;
    const char *type;  /* of the result, as a constraint; NULL: the conversion fails */
    const char *shown; /* the result, or part of the message */
} Case;

static const Case primitive_cases[] = {
    {NULL, "1", "'string'", "string", "'1'"},
    {NULL, "1.50", "'string'", "string", "'1.5'"},
    {NULL, "true", "'string'", "string", "'true'"},
    {NULL, "'0.1'", "'number'", "number", "0.1"},
    {NULL, "'1e3'", "'number'", "number", "1000"},
    {NULL, "'true'", "'bool'", "bool", "true"},
    {NULL, "'0'", "'bool'", "bool", "false"},
    {NULL, "'1'", "'bool'", "bool", "true"},
    {NULL, "'True'", "'bool'", NULL, "small letters"},
    {NULL, "'yes'", "'bool'", NULL, "a bool is required"},
    {NULL, "'x'", "'number'", NULL, "a number is required"},
    {NULL, "''", "'number'", NULL, "a number is required"},
    {NULL, "true", "'number'", NULL, "number required, but have bool"},
    {NULL, "1", "'bool'", NULL, "bool required"},
    {NULL, "null", "'bool'", "bool", "null"},
    {NULL, "[1]", "'string'", NULL, "string required, but have tuple"},
    {NULL, "[1]", "'dynamic'", "tuple([number])", "[1]"},
};

static const Case collection_cases[] = {
    {NULL, "[1, 'b', true]", "['list','string']", "list(string)", "['1', 'b', 'true']"},
    {NULL, "['b', 'a', 'b']", "['set','string']", "set(string)", "['a', 'b']"},
    {NULL, "['1', 1]", "['set','string']", "set(string)", "['1']"},
    {NULL, "[]", "['list','dynamic']", "list(any)", "[]"},
    {NULL, "[]", "['list','string']", "list(string)", "[]"},
    {NULL, "[1, 'b']", "['list','dynamic']", "list(string)", "['1', 'b']"},
    {NULL, "[1, null]", "['list','dynamic']", "list(number)", "[1, null]"},
    {NULL, "[null]", "['list','dynamic']", "list(any)", "[null]"},
    {NULL, "[1, [2]]", "['list','dynamic']", NULL, "all list elements must have the same type"},
    {NULL, "[1, [2]]", "['set','dynamic']", NULL, "all set elements must have the same type"},
    {NULL, "[1, [2]]", "['list','number']", NULL, "element 1: number required, but have tuple"},
    {NULL, "[[1], ['a', 2]]", "['list','dynamic']", "list(list(string))", "[['1'], ['a', '2']]"},
    {NULL, "[{'a': 1}, {'a': 'x'}]", "['list',['object',{'a':'dynamic'}]]",
     "list(object({a=string}))", "[{a = '1'}, {a = 'x'}]"},
    {NULL, "[{'a': 'x'}, {'a': 1}]", "['list',['object',{'a':'dynamic'}]]",
     "list(object({a=string}))", "[{a = 'x'}, {a = '1'}]"},
    {NULL, "{'k': {'a': 1}, 'l': {'a': 'x'}}", "['map',['object',{'a':'dynamic'}]]",
     "map(object({a=string}))", "{'k' = {a = '1'}, 'l' = {a = 'x'}}"},
    {NULL, "[{'a': 1}, {'a': 'x'}]", "['set',['object',{'a':'dynamic'}]]", NULL,
     "the elements have no common type"},
    {NULL, "[{'a': true}, {'a': 1}]", "['list',['object',{'a':'dynamic'}]]", NULL,
     "the elements have no common type"},
    {"['tuple',[['object',{'a':['list','number']}],['object',{'a':['set','string']}]]]",
     "[{'a': [1]}, {'a': ['x']}]", "['list',['object',{'a':'dynamic'}]]", NULL,
     "a number is required"},
    {NULL, "[{'a': 1}, {'b': 2}]", "['list','dynamic']", "list(map(number))",
     "[{'a' = 1}, {'b' = 2}]"},
    {"['set','number']", "[3, 1, 2]", "['list','string']", "list(string)", "['1', '2', '3']"},
    {"['list','string']", "['01', '1']", "['set','number']", "set(number)", "[1]"},
    {"['list','string']", "[]", "['set','dynamic']", "set(string)", "[]"},
    {"['list','string']", "['x']", "['list','number']", NULL, "a number is required"},
    {"['list','string']", "['x']", "['map','string']", NULL, "map of string required"},
    {"['list','bool']", "[]", "['list','number']", NULL, "incorrect element type: number required"},
    {NULL, "{'a': 1, 'b': 'x'}", "['map','dynamic']", "map(string)", "{'a' = '1', 'b' = 'x'}"},
    {NULL, "{'a': true, 'b': 5}", "['map','dynamic']", NULL,
     "all map elements must have the same type"},
    {NULL, "{'a': {}, 'b': 5}", "['map','number']", NULL, "element 'a': number required"},
    {NULL, "{}", "['map','dynamic']", "map(any)", "{}"},
    {NULL, "{'a': null}", "['map','number']", "map(number)", "{'a' = null}"},
    {"['map','string']", "{'a': '1'}", "['map','number']", "map(number)", "{'a' = 1}"},
    {NULL, "null", "['list','string']", "list(string)", "null"},
    {"['tuple',['number','string']]", "null", "['list','dynamic']", "list(string)", "null"},
};

static const Case structure_cases[] = {
    {NULL, "{'a': 1, 'b': 2}", "['object',{'a':'string'}]", "object({a=string})", "{a = '1'}"},
    {NULL, "{'b': 2}", "['object',{'a':'string'}]", NULL, "attribute 'a' is required"},
    {NULL, "{'a': true}", "['object',{'a':'number'}]", NULL,
     "attribute 'a': number required, but have bool"},
    {NULL, "{}", "['object',{'a':'string','b':'bool'}]", NULL,
     "attributes 'a' and 'b' are required"},
    {NULL, "{}", "['object',{'a':'string','b':'bool','c':'bool'}]", NULL,
     "attributes 'a', 'b', and 'c' are required"},
    {NULL, "{}", "['object',{'a':'string'},['a']]", "object({a=string})", "{a = null}"},
    {NULL, "{'a': null}", "['object',{'a':['object',{'b':'string'},['b']]}]",
     "object({a=object({b=string})})", "{a = null}"},
    {NULL, "[{}, {'b': 1}]", "['list',['object',{'b':'string'},['b']]]", "list(object({b=string}))",
     "[{b = null}, {b = '1'}]"},
    {NULL, "{}", "['object',{'a':'dynamic'},['a']]", "object({a=any})", "{a = null}"},
    {"['map','string']", "{'a': '1', 'c': 'x'}", "['object',{'a':'number'}]", "object({a=number})",
     "{a = 1}"},
    {"['map','string']", "{'c': 'x'}", "['object',{'a':'number'}]", NULL,
     "map has no element for required attribute 'a'"},
    {"['map','string']", "{}", "['object',{'a':['list','string']},['a']]",
     "object({a=list(string)})", "{a = null}"},
    {"['map','string']", "{'a': '1'}", "['object',{'a':['list','string']},['a']]", NULL,
     "list of string required"},
    {NULL, "[1, '2']", "['tuple',['string','number']]", "tuple([string, number])", "['1', 2]"},
    {NULL, "[1]", "['tuple',['string','number']]", NULL, "tuple required, but have tuple"},
    {NULL, "['x']", "['tuple',['number']]", NULL, "a number is required"},
    {NULL, "[1, 'x']", "['tuple',['string','bool']]", NULL, "a bool is required"},
    {NULL, "['x']", "['list','bool']", NULL, "a bool is required"},
    {NULL, "{'a': 'x'}", "['map','bool']", NULL, "a bool is required"},
    {NULL, "{'a': 'x'}", "['object',{'a':'bool'}]", NULL, "a bool is required"},
    {NULL, "['x', 'y']", "['set','number']", NULL, "a number is required"},
    {NULL, "{'a': 1}", "['tuple',[]]", NULL, "tuple required, but have object"},
    {"['list','string']", "['5']", "['object',{'a':'string'}]", NULL,
     "object required, but have list of string"},
    {NULL, "{'b': {'x': {}}}", "['map',['map',['object',{'a':'string'}]]]", NULL,
     "element 'b': element 'x': attribute 'a' is required"},
};

/* Elements keep their types where the type is dynamic, and these must all be the same. */
static const Case strict_cases[] = {
    {NULL, "[1, 2]", "['list','dynamic']", "list(number)", "[1, 2]"},
    {NULL, "[1, 'b']", "['list','dynamic']", NULL, "the elements must all have the same type"},
    {NULL, "['a', 1, 2]", "['list','dynamic']", NULL, "the elements must all have the same type"},
    {NULL, "[1, null]", "['list','dynamic']", "list(number)", "[1, null]"},
    {NULL, "[null, 1, 2]", "['list','dynamic']", "list(number)", "[null, 1, 2]"},
    {NULL, "[1, null, null]", "['list','dynamic']", "list(number)", "[1, null, null]"},
    {NULL, "[null, null, 1]", "['list','dynamic']", "list(number)", "[null, null, 1]"},
    {NULL, "[null]", "['list','dynamic']", "list(any)", "[null]"},
    {NULL, "[]", "['list','dynamic']", "list(any)", "[]"},
    {NULL, "null", "['list','dynamic']", "list(any)", "null"},
    {NULL, "{'a': 1, 'b': 2}", "['map','dynamic']", "map(number)", "{'a' = 1, 'b' = 2}"},
    {NULL, "{'a': 1, 'b': 'x'}", "['map','dynamic']", NULL,
     "the elements must all have the same type"},
    {NULL, "[[1], [2]]", "['list',['list','dynamic']]", "list(list(number))", "[[1], [2]]"},
    {NULL, "[[1], ['a']]", "['list',['list','dynamic']]", NULL,
     "the elements must all have the same type"},
    {NULL, "[1, '2']", "['list','string']", "list(string)", "['1', '2']"},
    {NULL, "[1, 1]", "['set','dynamic']", "set(number)", "[1]"},
    {NULL, "[1, [2]]", "['list','dynamic']", NULL, "all list elements must have the same type"},
};

/* Every element of a collection has its element type. */
static void check_element_types(Value v) {
    for (size_t i = 0; value_is_present(v) && type_is_collection(v.type) && i < v.count; i++) {
        if (!type_equal(value_at(v, i).type, v.type->element))
            fail_msg("%.*s", STR_ARG(value_display(v, 0, arena)));
        check_element_types(value_at(v, i));
    }
}

static void run_case(const Case *c) {
    Value out = value_int(4711);
    ConvertError error = {0};
    Value in = value_of(c->value, c->have);
    bool converted = convert_value(in, type_of(c->want), &out, &error, arena);
    if (converted != (c->type != NULL)) {
        fail_msg("%s to %s: %.*s", c->value, c->want, STR_ARG(error.message));
    }
    if (converted) {
        check_str(type_to_constraint(out.type, arena), c->type);
        check_str_equal(value_display(out, 0, arena), with_quotes(c->shown));
        check_element_types(out);
        return;
    }
    assert_int_equal(out.as.integer, 4711);
    if (str_find(error.message, with_quotes(c->shown), 0) == SIZE_MAX) {
        check_str(error.message, c->shown);
    }
}

static void primitives(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(primitive_cases); i++)
        run_case(&primitive_cases[i]);
}

/* Only words with other letters get the hint. */
static void words_of_bools(void **) {
    static const char hint[] = "a bool is required; as a string it is written in small letters";
    static const char *const hinted[] = {"True", "TRUE", "tRUE", "False", "FALSE", "falsE"};
    static const char *const others[] = {"", "yes", "nope", "maybe", "tru", "truee", "fals", "10"};
    Value out;
    ConvertError error = {0};
    for (size_t i = 0; i < ARRAY_COUNT(hinted); i++) {
        assert_false(convert_value(value_from_cstr(hinted[i]), &TYPE_BOOL, &out, &error, arena));
        check_str(error.message, hint);
    }
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        assert_false(convert_value(value_from_cstr(others[i]), &TYPE_BOOL, &out, &error, arena));
        check_str(error.message, "a bool is required");
    }
}

static void collections(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(collection_cases); i++)
        run_case(&collection_cases[i]);
}

static void strictly(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(strict_cases); i++) {
        const Case *c = &strict_cases[i];
        Value out;
        ConvertError error = {0};
        bool converted = convert_value_strictly(value_of(c->value, c->have), type_of(c->want), &out,
                                                &error, arena);
        if (converted != (c->type != NULL))
            fail_msg("%s to %s: %.*s", c->value, c->want, STR_ARG(error.message));
        if (!converted) {
            check_str(error.message, c->shown);
            continue;
        }
        check_str(type_to_constraint(out.type, arena), c->type);
        check_str_equal(value_display(out, 0, arena), with_quotes(c->shown));
        check_element_types(out);
    }
}

/* The path of an error ends at the first sensitive value. */
static void secret_places(void **) {
    static const struct {
        const char *mark, *path;
    } cases[] = {
        {NULL, ".list[1].m[\"k\"]"},
        {"", ""},
        {".list", ".list"},
        {".list[1]", ".list[1]"},
        {".list[1].m", ".list[1].m"},
        {".list[1].m.k", ".list[1].m[\"k\"]"},
        {".list[0]", ".list[1].m[\"k\"]"},
    };
    const Type *want = type_of("['object',{'list':['list',['object',{'m':['map','number']}]]}]");
    for (size_t i = 0; i < ARRAY_COUNT(cases) * 2; i++) {
        Value v = value_of("{'list': [{'m': {'a': 1}}, {'m': {'k': 'x'}}]}", NULL), out;
        ConvertError error;
        Paths paths = {0};
        if (cases[i / 2].mark) {
            vec_push(arena, &paths, path_parse(str_from_cstr(cases[i / 2].mark), arena));
            v = path_mark(v, &paths, MARK_SENSITIVE, arena);
        }
        assert_false(i % 2 ? convert_value_strictly(v, want, &out, &error, arena)
                           : convert_value(v, want, &out, &error, arena));
        check_str(path_to_str(error.path, arena), cases[i / 2].path);
    }
}

static void structures(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(structure_cases); i++)
        run_case(&structure_cases[i]);
}

static void errors_name_the_place(void **) {
    Value out;
    ConvertError error;
    Value v = value_of("{'list': [{'m': {'k': 'x'}}]}", NULL);
    const Type *want = type_of("['object',{'list':['list',['object',{'m':['map','number']}]]}]");
    assert_false(convert_value(v, want, &out, &error, arena));
    check_str(path_to_str(error.path, arena), ".list[0].m[\"k\"]");
    check_str(error.message, "a number is required");
}

static void marks_ride_along(void **) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_with_marks(value_int(1), MARK_SENSITIVE);
    items[1] = value_from_cstr("x");
    Value tuple = value_with_marks(value_tuple(items, 2, arena), MARK_EPHEMERAL);
    Value out;
    ConvertError error;
    assert_true(convert_value(tuple, &TYPE_LIST_OF_STRING, &out, &error, arena));
    assert_int_equal(out.marks, MARK_EPHEMERAL);
    assert_int_equal(value_at(out, 0).marks, MARK_SENSITIVE);
    assert_int_equal(value_at(out, 1).marks, 0);
    assert_true(convert_value(tuple, &TYPE_SET_OF_STRING, &out, &error, arena));
    assert_int_equal(out.marks, MARK_EPHEMERAL | MARK_SENSITIVE);
    Value absent = value_with_marks(value_null(&TYPE_DYNAMIC), MARK_SENSITIVE);
    assert_true(convert_value(absent, &TYPE_NUMBER, &out, &error, arena));
    assert_int_equal(out.marks, MARK_SENSITIVE);
    assert_ptr_equal(out.type, &TYPE_NUMBER);
    Value secret = value_with_marks(value_from_cstr("x"), MARK_SENSITIVE);
    assert_false(convert_value(secret, &TYPE_NUMBER, &out, &error, arena));
    assert_true(str_find(error.message, STR("x"), 0) == SIZE_MAX);
}

static void unknowns_keep_what_is_known_of_them(void **) {
    Value out;
    ConvertError error;
    Refinement not_null = {.not_null = true, .length_max = UINT32_MAX};
    const Type *pair = type_of("['tuple',['string','number']]");
    assert_true(convert_value(value_unknown(&TYPE_STRING), &TYPE_NUMBER, &out, &error, arena));
    assert_null(out.as.refinement);
    assert_true(convert_value(value_unknown_refined(&TYPE_NUMBER, not_null, arena), &TYPE_STRING,
                              &out, &error, arena));
    assert_true(out.as.refinement->not_null);
    assert_true(
        convert_value(value_unknown(pair), type_of("['list','dynamic']"), &out, &error, arena));
    assert_ptr_equal(out.type, &TYPE_LIST_OF_STRING);
    assert_int_equal(out.as.refinement->length_min, 2);
    assert_int_equal(out.as.refinement->length_max, 2);
    assert_false(out.as.refinement->not_null);
    assert_true(convert_value(value_unknown(pair), &TYPE_SET_OF_STRING, &out, &error, arena));
    assert_int_equal(out.as.refinement->length_min, 1);
    assert_true(convert_value(value_unknown_refined(pair, not_null, arena), &TYPE_LIST_OF_STRING,
                              &out, &error, arena));
    check_str(value_display(out, 0, arena), "[(known after apply), (known after apply)]");
    assert_false(convert_value(value_unknown(&TYPE_BOOL), &TYPE_NUMBER, &out, &error, arena));
}

static void a_set_that_may_shrink_gives_no_known_list(void **) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_unknown(&TYPE_STRING);
    items[1] = value_from_cstr("1");
    Value set = value_set(&TYPE_STRING, items, 2, arena);
    Value out;
    ConvertError error;
    assert_true(convert_value(set, type_of("['list','number']"), &out, &error, arena));
    assert_false(value_is_known(out));
    check_str(type_to_constraint(out.type, arena), "list(number)");
    assert_true(convert_value(set, type_of("['set','number']"), &out, &error, arena));
    check_str(value_display(out, 0, arena), "[1, (known after apply)]");
}

static void equal_types_pass_untouched(void **) {
    Value v = value_of("['a']", "['list','string']");
    Value out;
    ConvertError error;
    assert_true(convert_value(v, &TYPE_LIST_OF_STRING, &out, &error, arena));
    assert_ptr_equal(out.as.items, v.as.items);
}

/* Many objects, as a for expression creates: the time must be linear in their number. */
static void many_objects(void **) {
    enum { COUNT = 50000 };
    Value *items = arena_new_array(arena, Value, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        Str *names = arena_new_array(arena, Str, 2);
        Value *fields = arena_new_array(arena, Value, 2);
        names[0] = STR("a");
        names[1] = i % 2 ? STR("b") : STR("c");
        fields[0] = value_int((int64_t)i);
        fields[1] = i % 3 ? value_bool(true) : value_null(&TYPE_DYNAMIC);
        items[i] = value_object(names, fields, 2, arena);
    }
    Value tuple = value_tuple(items, COUNT, arena);
    Value out;
    ConvertError error;
    const Type *want = type_of("['list',['object',{'a':'string','b':'bool'},['b']]]");
    assert_true(convert_value(tuple, want, &out, &error, arena));
    assert_int_equal(out.count, COUNT);
    check_str(value_display(value_at(out, 1), 0, arena), "{a = \"1\", b = true}");
    assert_true(convert_value(tuple, type_of("['set',['map','string']]"), &out, &error, arena));
    assert_int_equal(out.count, COUNT);
    assert_true(convert_type_is_possible(tuple.type, type_of("['list',['map','string']]"),
                                         CONVERT_UNSAFE, arena));
}

UNIT_MAIN(test_convert) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strictly),
        cmocka_unit_test(secret_places),
        cmocka_unit_test(primitives),
        cmocka_unit_test(words_of_bools),
        cmocka_unit_test(collections),
        cmocka_unit_test(structures),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(marks_ride_along),
        cmocka_unit_test(unknowns_keep_what_is_known_of_them),
        cmocka_unit_test(a_set_that_may_shrink_gives_no_known_list),
        cmocka_unit_test(equal_types_pass_untouched),
        cmocka_unit_test(many_objects),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
