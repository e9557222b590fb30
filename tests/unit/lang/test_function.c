#include "lang_case.h"

#include "function_call.h"

static bool run_first(FunctionCall *call, Value *out, Str *) {
    *out = call->arguments[0];
    return true;
}

static bool run_failing(FunctionCall *call, Value *, Str *error) {
    return function_fail(call, 1, error, "this is %s", "wrong");
}

static const Function rows[] = {
    {.name = "first",
     PARAMETERS({"a", &TYPE_STRING}),
     VARIADIC({"more", &TYPE_DYNAMIC}),
     .type = &TYPE_STRING,
     .run = run_first},
    {.name = "failing", PARAMETERS({"a", &TYPE_STRING}, {"b", &TYPE_STRING}), .run = run_failing},
};
static const FunctionFamily family = {rows, ARRAY_COUNT(rows)};

static void test_calls(void **) {
    static const LangCase cases[] = {
        {"first(1)", "string \"1\""},
        {"core::first(s)", "string \"text\""},
        {"first(secret)", "string (sensitive value)"},
        {"first(unknown)", "string (known after apply)"},
        {"first(null)", "Invalid value for \"a\" parameter: argument must not be null."},
        {"first([1])", "parameter: string required"},
        {"first()", "requires at least 1 argument, but this call has 0. Missing value for \"a\"."},
        {"failing(1, 2, 3)", "requires 2 arguments, but this call has 3."},
        {"failing(1, 2)", "Invalid value for \"b\" parameter: this is wrong."},
        {"first([\"a\", \"b\"]...)", "string \"a\""},
        {"first(null...)", "The value before the ellipsis (...) is null."},
        {"first(s...)", "must be a list, set or tuple"},
        {"frist(1)", "There is no function named \"frist\". Did you mean \"first\"?"},
    };
    functions = function_table_new(&family, 1, arena);
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_function, cmocka_unit_test(test_calls))
