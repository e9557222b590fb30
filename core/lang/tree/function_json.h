/* function_json: writes the signature of each function in the JSON of `metadata functions
 * -json`. */
#pragma once

#include "function.h"
#include "json_writer.h"

/* Writes format version 1.0: functions by name, each also as core::NAME. */
void function_json_write(const FunctionTable *table, JsonWriter *writer, Arena *arena);
/* Writes the functions of a provider by their own names. If there are none, writes nothing and
 * returns false. */
bool function_json_write_provided(
    const FunctionTable *table, Str provider, const char *key, JsonWriter *writer, Arena *arena);
/* Writes one signature, as a diagnostic about a call contains it. */
void function_json_write_called(const Function *function, JsonWriter *writer, Arena *arena);
/* Returns the result type known without arguments; dynamic if it depends on them. */
const Type *function_json_result(const Function *function, Arena *arena);
/* Returns all functions by name. */
const Function **function_json_sorted(const FunctionTable *table, Arena *arena);
