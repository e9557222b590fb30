/* function_doc: documents the functions of a table: signatures as JSON, and the reference page in
 * Markdown. */
#pragma once

#include "function.h"
#include "json_writer.h"

/* Writes the JSON of `metadata functions -json`, format version 1.0: functions by name, each also
 * as core::NAME. */
void function_doc_write(const FunctionTable *table, JsonWriter *writer, Arena *arena);
/* Writes the functions of a provider, by their names without provider::NAME::, as the member `key`.
 * If there are none, writes nothing and returns false. */
bool function_doc_write_provided(const FunctionTable *table, Str provider, const char *key,
                                 JsonWriter *writer, Arena *arena);
/* Writes one signature, as a diagnostic about a call contains it. */
void function_doc_write_called(const Function *function, JsonWriter *writer, Arena *arena);
/* Writes the reference page of all functions. */
void function_doc_write_page(const FunctionTable *table, StrBuf *out, Arena *arena);
