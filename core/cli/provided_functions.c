/* Makes a function of the language from each function of a provider. */
#include "provided_functions.h"
#include "function_call.h"
#include "scope.h"
#include "thread.h"

/* `function` must be first: the language has only a pointer to it. */
typedef struct Provided {
    Function function;
    const Provider *provider;
    const ProviderFunction *of;
} Provided;

static Str provided_functions_first_error(const Diags *diags) {
    vec_each(diags, diag) {
        Str text = diag->detail.len ? diag->detail : diag->summary;
        if (diag->severity == DIAG_ERROR)
            return str_ends_with(text, STR(".")) ? str_slice(text, 0, text.len - 1) : text;
    }
    return STR("the provider gave no reason");
}

static bool provided_functions_run(FunctionCall *call, Value *out, Str *error) {
    const Provided *provided = (const Provided *)call->function;
    Diags diags = diags_new(call->arena);
    Call own = {.provider = provided->provider, .io = call->scope->io, .arena = call->arena};
    FunctionRequest request = {call->arguments, call->count, provided->of};
    FunctionResponse response = {.result = value_null(&TYPE_DYNAMIC), .failed_argument = SIZE_MAX};
    bool ok = provided->of->run(&own, &request, &response, &diags);
    *out = response.result;
    if (ok && !diags_has_errors(&diags))
        return true;
    return function_fail(call, response.failed_argument, error, "%.*s",
                         STR_ARG(provided_functions_first_error(&diags)));
}

static bool object_type(FunctionCall *call, const Type **out, Str *) {
    const Provided *provided = (const Provided *)call->function;
    *out = schema_implied_type(provided->of->object);
    return true;
}

static Parameter parameter_of(const ProviderParameter *row) {
    return (Parameter){
        .name = row->name, .type = row->type, .flags = row->allows_null ? PARAMETER_NULL : 0};
}

static void provided_functions_describe(const Provider *provider, const ProviderFunction *of,
                                        Provided *out, Arena *arena) {
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
                     .run = provided_functions_run,
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
            provided_functions_describe(provider, &provider->functions[k], one, arena);
            vec_push(arena, &all, &one->function);
        }
    }
    return (FunctionFamily){.rows = all.items, .count = all.count};
}

/* Caches the functions that the registry found, by provider and name. */
struct FunctionSearch {
    Registry *registry;
    Arena *arena; /* guarded by the lock; NULL until a function is found */
    Map found;    /* "PROVIDER::NAME" → Provided */
    pthread_mutex_t lock;
};

static const Provided *search_new(FunctionSearch *search, Str provider, Str name, Str key) {
    SCOPED(ArenaRef) scratch = arena_open("provider of a function");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(search->registry, provider, &table, NO_RANGE, &ignored) ||
        !table->find_function)
        return NULL;
    const ProviderFunction *of = table->find_function(table, name);
    if (!of)
        return NULL;
    if (!search->arena)
        search->arena = arena_open("provided functions");
    Provided *provided = arena_new(search->arena, Provided);
    provided_functions_describe(table, of, provided, search->arena);
    map_put(search->arena, &search->found, str_clone(key, search->arena), provided);
    return provided;
}

static const Function *provided_functions_find_provided(void *self, Str provider, Str name) {
    FunctionSearch *search = self;
    SCOPED(ArenaRef) scratch = arena_open("provided function");
    Str key = str_format(scratch, "%.*s::%.*s", STR_ARG(provider), STR_ARG(name));
    LOCKED(&search->lock);
    const Provided *provided = map_find(&search->found, key);
    if (!provided)
        provided = search_new(search, provider, name, key);
    return provided ? &provided->function : NULL;
}

FunctionSearch *provided_functions_search(FunctionTable *table, Registry *registry, Arena *arena) {
    FunctionSearch *search = arena_new(arena, FunctionSearch);
    search->registry = registry;
    pthread_mutex_init(&search->lock, NULL);
    table->self = search;
    table->find_provided = provided_functions_find_provided;
    return search;
}

void provided_functions_close(FunctionSearch *search) {
    arena_close(search->arena);
}
