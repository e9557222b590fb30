/* scope: a scope made from a map of root names; the budget. */
#include "scope.h"

static bool scope_lookup_map(const Scope *scope, const Traversal *traversal, Value *out,
                             size_t *used, Arena *arena, Diags *diags) {
    const Map *variables = scope->self;
    const Value *value = map_find(variables, traversal->root);
    if (value) {
        *out = *value;
        *used = 0;
        return true;
    }
    Str hint = map_did_you_mean(variables, traversal->root, arena);
    return diags_fail(diags, traversal->root_range, "Unknown variable",
                      "There is no variable named \"%.*s\".%.*s", STR_ARG(traversal->root),
                      STR_ARG(hint));
}

Scope scope_from_map(const Map *variables, const FunctionTable *functions) {
    return (Scope){
        .self = (void *)(uintptr_t)variables, .lookup = scope_lookup_map, .functions = functions};
}

bool scope_spend(const Scope *scope, int64_t elements, int64_t bytes) {
    if (!scope || !scope->budget)
        return true;
    scope->budget->elements -= elements;
    scope->budget->bytes -= bytes;
    return scope->budget->elements >= 0 && scope->budget->bytes >= 0;
}
