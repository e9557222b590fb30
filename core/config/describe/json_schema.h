/* json_schema: writes types and schemas as JSON Schema (draft 07), so that editors validate and
 * complete configurations.
 *
 * A value may also be a string with an expression ("${…}") or null. A string, number or bool is
 * accepted for another where the language converts it. The output refers to definitions that
 * json_schema_write_definitions writes. */
#pragma once

#include "json_writer.h"
#include "schema.h"

/* Writes members of "definitions": expression, string, number, bool. */
void json_schema_write_definitions(JsonWriter *writer);
/* Writes a schema for values of the type; `description` may be NULL. */
void json_schema_write_type(JsonWriter *writer, const Type *type, const char *description);
/* A body has its own definition, named by its path ("resource.libvirt_domain"). */

/* Starts the definition `path` and its "properties". It also allows "//", a comment in the JSON
 * syntax. */
void json_schema_body_start(JsonWriter *writer, Str path, const char *description);
/* Ends "properties", writes "required" and ends the definition. */
void json_schema_body_end(JsonWriter *writer, const StrVec *required);
/* Writes the members of "properties" that the schema adds: settable attributes, blocks, `dynamic`.
 * Then ends the definition as json_schema_body_end does, and writes those of the blocks. */
void json_schema_body_end_typed(JsonWriter *writer, Str path, const Schema *schema, Arena *arena);

/* Writes a reference to the definition of a body: one body or an array of them, below `labels`
 * levels of labels. `description` may be NULL. */
void json_schema_write_use(JsonWriter *writer, Str path, uint32_t labels, const char *description);
