/* json_schema: types and schemas as JSON Schema (draft 07), for editors that check and complete
 * what is typed.
 *
 * Wherever a value is expected a string with an expression ("${…}") will do, null says that there
 * is none, and a text, number or bool is taken for another where the language converts it. What is
 * written here refers to definitions that json_schema_write_definitions writes. */
#pragma once

#include "json_writer.h"
#include "schema.h"

/* Members of the document's "definitions": expression, string, number, bool. */
void json_schema_write_definitions(JsonWriter *writer);
/* A schema for values of the type; `description` NULL: none. */
void json_schema_write_type(JsonWriter *writer, const Type *type, const char *description);
/* Bodies: definitions of their own, named by their path ("resource.libvirt_domain"). */

/* Begins the definition `path` and its "properties"; beside them "//" is allowed, a comment of the
 * JSON syntax. */
void json_schema_body_start(JsonWriter *writer, Str path, const char *description);
/* The attributes that may be set, the blocks, `dynamic`: members of "properties". */
void json_schema_write_properties(JsonWriter *writer, Str path, const Schema *schema, Arena *arena);
/* Ends "properties" and begins "required"; json_schema_body_end ends that and the body. */
void json_schema_body_required(JsonWriter *writer);
/* What a schema demands: items of "required". */
void json_schema_write_required(JsonWriter *writer, const Schema *schema);
void json_schema_body_end(JsonWriter *writer);
/* The definitions that the schema's blocks refer to. */
void json_schema_write_blocks(JsonWriter *writer, Str path, const Schema *schema, Arena *arena);

/* A body of that definition, or an array of such, below so many labels. `description` NULL: none.
 */
void json_schema_write_use(JsonWriter *writer, Str path, uint32_t labels, const char *description);
