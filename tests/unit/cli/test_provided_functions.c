/* Functions of providers: names, arguments, failures, local provider names of a module. */
#include "provided_functions.h"
#include "unit.h"

#include "eval.h"
#include "functions.h"
#include "parser.h"

static bool twice(const Call *call, const FunctionRequest *request, FunctionResponse *response,
                  Diags *diags) {
    int64_t number;
    assert_string_equal(call->provider->name, "p");
    if (!value_to_int(request->arguments[0], &number) || number < 0) {
        response->failed_argument = 0;
        diags_error(diags, NO_RANGE, "Bad number", "It must not be negative.");
        return false;
    }
    response->result = value_int(2 * number);
    return true;
}

static bool count(const Call *call, const FunctionRequest *request, FunctionResponse *response,
                  Diags *diags) {
    (void)call, (void)diags;
    response->result = value_int((int64_t)request->count);
    return true;
}

static const ProviderParameter number[] = {{"number", &TYPE_NUMBER, false}};
static const ProviderParameter anything = {"values", &TYPE_STRING, true};
static const ProviderFunction rows[] = {
    {.name = "twice",
     .parameters = number,
     .parameter_count = 1,
     .type = &TYPE_NUMBER,
     .run = twice,
     .description = "Doubles."},
    {.name = "count",
     .variadic = &anything,
     .type = &TYPE_NUMBER,
     .run = count,
     .description = "Counts."},
};
static const Provider provider = {.name = "p", .address = "test/p", PROVIDER_FUNCTIONS(rows)};
static const ProviderRow table[] = {
    {"p", "test/p", &provider, NULL},
    {"q", "test/q", NULL, "q"},
};

/* A provider whose functions are found by name only. */
static const ProviderFunction *find_function(const Provider *, Str name) {
    return str_equal(name, STR("twice")) ? &rows[0] : NULL;
}

static const Provider searched = {
    .name = "p", .address = "test/s/p", .find_function = find_function};

static bool find_provider(void *self, Str name, bool is_row, const Provider **out,
                          SourceRange range, Diags *diags) {
    (void)self, (void)is_row, (void)range, (void)diags;
    if (str_equal(name, STR("s/p")))
        *out = &searched;
    return true;
}

/* A module whose local name for the provider is "mine". */
static Str name_of(const Scope *, Str local) {
    return str_equal_cstr(local, "mine") ? STR("p") : local;
}

static Str evaluate(const char *text, const Scope *scope, Arena *arena) {
    Diags diags = diags_new(arena);
    const Expr *expr;
    Value value;
    const SourceText *source = source_text_new_temporary(STR("t"), str_from_cstr(text), arena);
    if (parser_parse_expression(source, scope->functions, &expr, arena, &diags) &&
        eval_expr(expr, scope, &value, arena, &diags))
        return value_is_known(value) ? value_number_text(value, arena) : STR("unknown");
    return diags.items[0].detail;
}

static Str result_of(const char *text, Str (*provider_name)(const Scope *, Str), Arena *arena) {
    FunctionFamily family = provided_functions(table, ARRAY_COUNT(table), arena);
    FunctionTable *functions = functions_table(&family, arena);
    Registry *registry = registry_new(table, ARRAY_COUNT(table), STR("."), arena);
    ProviderSource source = {NULL, find_provider};
    registry_set_source(registry, &source);
    FunctionSearch *search = provided_functions_search(functions, registry, arena);
    Map names = map_new(arena);
    Scope scope = scope_from_map(&names, functions);
    scope.provider_name = provider_name;
    Str result = evaluate(text, &scope, arena);
    provided_functions_close(search);
    return result;
}

static void calls(void **) {
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"provider::p::twice(21)", "42"},
        {"provider::p::twice(\"4\")", "8"},
        {"provider::p::count()", "0"},
        {"provider::p::count(\"a\", null)", "2"},
        {"provider::p::count([\"a\", \"b\"]...)", "2"},
        {"upper(\"a\") == \"A\" ? 1 : provider::p::twice(1)", "1"},
        {"provider::p::twice(-1)",
         "Invalid value for \"number\" parameter: It must not be negative."},
        {"provider::p::twice(null)",
         "Invalid value for \"number\" parameter: argument must not be null."},
        {"provider::p::twic(1)",
         "There is no function named \"provider::p::twic\". Did you mean \"provider::p::twice\"?"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(result_of(cases[i].text, NULL, arena), cases[i].wanted);
}

static void local_names(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(result_of("provider::mine::twice(2)", name_of, arena), "4");
    check_str(result_of("provider::p::twice(2)", name_of, arena), "4");
    assert_true(str_starts_with(result_of("provider::mine::twice(2)", NULL, arena),
                                STR("There is no function named")));
}

static Str other_of(const Scope *, Str local) {
    return str_equal_cstr(local, "other") ? STR("s/p") : local;
}

/* Functions that are no rows are searched through the registry. */
static void searched_functions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(result_of("provider::other::twice(2) + provider::other::twice(3)", other_of, arena),
              "10");
    assert_true(str_starts_with(result_of("provider::other::count(2)", other_of, arena),
                                STR("There is no function named")));
    assert_true(str_starts_with(result_of("provider::missing::twice(2)", other_of, arena),
                                STR("There is no function named")));
}

UNIT_MAIN(test_provided_functions) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls),
        cmocka_unit_test(local_names),
        cmocka_unit_test(searched_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
