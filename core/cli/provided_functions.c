/* Makes a function of the language from each function of a provider. */
#include "provided_functions.h"

#include "function_call.h"
#include "scope.h"

/* `function` must be first: the language has only a pointer to it. */
typedef struct Provided {
    Function function;
    const Provider *provider;
    const ProviderFunction *of;
} Provided;

static Str first_error(const Diags *diags) {
    vec_each(diags, diag) {
        Str text = diag->detail.len ? diag->detail : diag->summary;
        if (diag->severity == DIAG_ERROR)
            return str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
    }
    return STR("the provider gave no reason");
}

static bool run(FunctionCall *call, Value *out, Str *error) {
    const Provided *provided = (const Provided *)call->function;
    Diags diags = diags_new(call->arena);
    Call own = {.provider = provided->provider, .io = call->scope->io, .arena = call->arena};
    FunctionRequest request = {call->arguments, call->count};
    FunctionResponse response = {.result = value_null(&TYPE_DYNAMIC), .failed_argument = SIZE_MAX};
    bool ok = provided->of->run(&own, &request, &response, &diags);
    *out = response.result;
    if (ok && !diags_has_errors(&diags))
        return true;
    return function_fail(call, response.failed_argument, error, "%.*s",
                         STR_ARG(first_error(&diags)));
}

static bool object_type(FunctionCall *call, const Type **out, Str *error) {
    const Provided *provided = (const Provided *)call->function;
    (void)error;
    *out = schema_implied_type(provided->of->object);
    return true;
}

static Parameter parameter_of(const ProviderParameter *row) {
    return (Parameter){
        .name = row->name, .type = row->type, .flags = row->allows_null ? PARAMETER_NULL : 0};
}

static void describe(const Provider *provider,
                     const ProviderFunction *of,
                     Provided *out,
                     Arena *arena) {
    Parameter *parameters = arena_new_array(arena, Parameter, of->parameter_count + 1);
    for (size_t i = 0; i < of->parameter_count; i++)
        parameters[i] = parameter_of(&of->parameters[i]);
    Parameter *variadic = &parameters[of->parameter_count];
    if (of->variadic)
        *variadic = parameter_of(of->variadic);
    Str name = str_format(arena, "provider::%s::%s", provider->name, of->name);
    *out = (Provided){
        .function = {.name = str_to_cstr(name, arena),
                     .parameters = parameters,
                     .parameter_count = of->parameter_count,
                     .variadic = of->variadic ? variadic : NULL,
                     .type = of->type,
                     .result_type = of->object ? object_type : NULL,
                     .run = run,
                     .description = of->description,
                     .example = of->example},
        .provider = provider,
        .of = of,
    };
}

FunctionFamily provided_functions(const ProviderRow *rows, size_t count, Arena *arena) {
    VEC(const Function *) all = {0};
    for (size_t i = 0; i < count; i++) {
        const Provider *provider = rows[i].provider;
        for (size_t k = 0; provider && k < provider->function_count; k++) {
            Provided *one = arena_new(arena, Provided);
            describe(provider, &provider->functions[k], one, arena);
            vec_push(arena, &all, &one->function);
        }
    }
    return (FunctionFamily){.rows = all.items, .count = all.count};
}
