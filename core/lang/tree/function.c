/* function: finds functions and parameters in the function table. */
#include "function.h"

const Parameter *function_parameter(const Function *function, size_t i) {
    return i < function->parameter_count ? &function->parameters[i] : function->variadic;
}

FunctionTable *function_table_new(const FunctionFamily *families, size_t count, Arena *arena) {
    FunctionTable *table = arena_new(arena, FunctionTable);
    table->by_name = map_new(arena);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < families[i].count; k++) {
            const Function *function =
                families[i].rows ? families[i].rows[k] : &families[i].functions[k];
            map_set(&table->by_name, str_from_cstr(function->name), (void *)(uintptr_t)function);
        }
    }
    return table;
}

const Function *function_table_find(const FunctionTable *table, Str name) {
    if (str_starts_with(name, STR("core::")))
        name = str_after(name, 6);
    return map_find(&table->by_name, name);
}
