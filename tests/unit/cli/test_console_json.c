#include "unit.h"

#include "console.h"
#include "functions.h"

typedef struct LineCase {
    const char *request;
    const char *answer; /* the whole answer, or its beginning when it ends in "..." */
} LineCase;

static void test_lines(void **) {
    static const LineCase cases[] = {
        {"{\"id\": \"a\", \"expr\": \"1 + 2\"}", "{\"id\":\"a\",\"value\":3,\"type\":\"number\"}"},
        {"{\"id\": \"b\", \"template\": \"x${v}\", \"vars\": {\"v\": {\"$sensitive\": true, "
         "\"$value\": 1}}}",
         "{\"id\":\"b\",\"value\":\"x1\",\"type\":\"string\",\"sensitive\":true}"},
        {"{\"id\": \"c\", \"expr\": \"[v]\", \"vars\": {\"v\": {\"$unknown\": true, \"$type\": "
         "\"bool\"}}}",
         "{\"id\":\"c\",\"value\":[{\"$type\":\"bool\",\"$unknown\":true}],\"type\":[\"tuple\",["
         "\"bool\"]],"
         "\"partial\":true}"},
        {"{\"id\": \"d\", \"convert\": {\"type_expr\": \"list(string)\", \"value\": [1]}}",
         "{\"id\":\"d\",\"value\":[\"1\"],\"type\":[\"list\",\"string\"]}"},
        {"{\"id\": \"e\", \"expr\": \"1 / 3 == v\", \"vars\": {\"v\": {\"$number\": \"0.5\"}}}",
         "{\"id\":\"e\",\"value\":false,\"type\":\"bool\"}"},
        {"{\"id\": \"f\", \"expr\": \"\\n nope\"}",
         "{\"id\":\"f\",\"error\":\"Unknown variable: There is no variable named "
         "\\\"nope\\\".\",\"range\":"
         "{\"start\":{\"line\":2,\"column\":2,\"byte\":2},\"end\":{\"line\":2,\"column\":6,"
         "\"byte\":6}}}"},
        {"{\"id\": \"g\"}", "{\"id\":\"g\",\"error\":\"Invalid request..."},
        {"{\"id\": \"h\", \"expr\": \"1\", \"template\": \"2\"}",
         "{\"id\":\"h\",\"error\":\"Invalid request..."},
        {"nonsense", "{\"id\":null,\"error\":\"Invalid request..."},
        {"", "{\"id\":null,\"error\":\"Invalid request..."},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Scope scope = {.functions = functions_table(NULL, arena)};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str got = console_json_answer(str_from_cstr(cases[i].request), &scope, arena);
        Str wanted = str_from_cstr(cases[i].answer);
        if (str_ends_with(wanted, STR("..."))) {
            wanted.len -= 3;
            got = str_slice(got, 0, wanted.len);
        }
        check_str_equal(got, wanted);
    }
}

UNIT_MAIN(test_console_json) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
