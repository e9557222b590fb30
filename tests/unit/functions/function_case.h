/* function_case: tables of function calls and their results. */
#pragma once

#include "unit.h"

#include "clock.h"
#include "eval.h"
#include "functions.h"
#include "io.h"
#include "parser.h"

static Arena *arena;
static const FunctionTable *functions;
static Map variables;
static Io io;
static Scope scope;

static inline bool evaluate(const char *text, Value *out, Diags *diags) {
    const SourceText *source = source_text_new(STR("<test>"), str_from_cstr(text), arena);
    const Expr *expr = NULL;
    return parser_parse_expression(source, functions, &expr, arena, diags) &&
           eval_expr(expr, &scope, out, arena, diags);
}

/* The value as text for people, or "error: " and the reason. */
static inline Str called(const char *text) {
    Diags diags = diags_new(arena);
    Value value;
    if (evaluate(text, &value, &diags))
        return value_display(value, 0, arena);
    return str_concat(STR("error: "), diags.items[0].detail, arena);
}

typedef struct FunctionCase {
    const char *text;
    const char *outcome; /* the whole result; of an error, "error: " and a part of the message */
} FunctionCase;

static inline void check_cases(const FunctionCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        Str got = called(cases[i].text);
        Str wanted = str_from_cstr(cases[i].outcome);
        bool is_error =
            str_starts_with(wanted, STR("error: ")) && str_starts_with(got, STR("error: "));
        if (str_equal(got, wanted) ||
            (is_error && str_find(got, str_after(wanted, 7), 0) != SIZE_MAX))
            continue;
        print_error("%s\n  got:    %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                    cases[i].outcome);
        fail();
    }
}

static inline void set_variable(const char *name, Value value) {
    Value *kept = arena_new(arena, Value);
    *kept = value;
    map_set(&variables, str_from_cstr(name), kept);
}

static int open_functions(void **) {
    arena = arena_open("test");
    functions = functions_table(NULL, arena);
    variables = map_new(arena);
    set_variable("secret", value_with_marks(value_from_cstr("hidden"), MARK_SENSITIVE));
    set_variable("unknown", value_unknown(&TYPE_STRING));
    set_variable("unknowns", value_unknown(&TYPE_LIST_OF_STRING));
    io = io_real();
    scope = scope_from_map(&variables, functions);
    scope.io = &io;
    return 0;
}

static int close_functions(void **) {
    arena_close(arena);
    return 0;
}

#define RUN_FUNCTION_TESTS(name, ...)                                                              \
    UNIT_MAIN(name) {                                                                              \
        const struct CMUnitTest tests[] = {__VA_ARGS__};                                           \
        return cmocka_run_group_tests(tests, open_functions, close_functions);                     \
    }
