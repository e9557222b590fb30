/* function_json: what each function takes and gives, as JSON that Terraform's tools know
 * (`metadata functions -json`). */
#pragma once

#include "function.h"
#include "json_writer.h"

/* Format version 1.0; names in order, each also under core:: as it may be called. */
void function_json_write(const FunctionTable *table, JsonWriter *writer, Arena *arena);
/* Those that a provider brings along, by their own names; false, and nothing, where it has none. */
bool function_json_write_provided(
    const FunctionTable *table, Str provider, const char *key, JsonWriter *writer, Arena *arena);
/* One signature, as a diagnostic about a call shows it. */
void function_json_write_called(const Function *function, JsonWriter *writer, Arena *arena);
/* The result's type as far as it is known before any argument is: dynamic where it depends on
 * them. */
const Type *function_json_result(const Function *function, Arena *arena);
/* All functions, in the order of their names. */
const Function **function_json_sorted(const FunctionTable *table, Arena *arena);
