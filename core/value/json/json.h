/* json: converts values to JSON and back. Numbers keep 512 bits of precision; members are sorted by
 * key; marks are not written.
 *
 * json_reader.h and json_writer.h are the token streams below. Strings and names read may be views
 * of the reader's bytes or lie in its arena; values must not outlive either. */
#pragma once

#include "json_reader.h"
#include "json_writer.h"
#include "path.h"

/* The newest types that a reader has read. Many values of a document have equal types, which then
 * need memory once. All values are read into one arena. */
typedef struct JsonTypes {
    Str texts[4]; /* as in the document */
    const Type *types[4];
    size_t next; /* index that is overwritten next */
} JsonTypes;

/* Reading. */

/* Reads the value that begins with `token`. Its types are those of jsondecode (object, tuple). On
 * failure returns false; the reader holds the error. */
MUST_USE bool json_read_any(JsonReader *reader, JsonToken token, Value *out, Arena *arena);
/* Reads a whole text. On failure sets *error and its byte *offset, which may both be NULL. */
MUST_USE bool json_parse_any(Str bytes, Value *out, const char **error, size_t *offset,
                             Arena *arena);
/* Reads a whole text that must be an object: a response or a file of another program. */
MUST_USE bool json_parse_object(Str bytes, Value *out, Arena *arena);
/* Adds the strings of an array that is a member of the object. Skips other elements. */
void json_add_texts(Value object, Str name, StrVec *out, Arena *arena);
/* Reads a value of the given type, in the encoding of state files. Where `type` is dynamic, the
 * text must be {"value":…,"type":…}; the value then has that type. Missing attributes are null;
 * unknown attributes are an error. Of duplicate keys the last wins. On failure *error includes the
 * place, and reader->start is its offset. */
MUST_USE bool json_read_typed(JsonReader *reader, JsonToken token, const Type *type, Value *out,
                              const char **error, Arena *arena);
/* Reads a type: "string", ["list","string"], ["object",{…}], ["object",{…},["optional"]]. On
 * failure returns false; the reader holds the error. */
MUST_USE bool json_read_type(JsonReader *reader, JsonToken token, const Type **out, Arena *arena);

/* Writing. */

/* Writes a value as jsonencode and plan JSON do, without type information. Unknown values, at any
 * depth, are written as null. */
void json_write_value(JsonWriter *writer, Value v);
/* Returns the same JSON as one line of text. */
Str json_text(Value v, Arena *arena);
/* Writes a value as state files do: {"value":…,"type":…} wherever `type` is dynamic. */
void json_write_typed(JsonWriter *writer, Value v, const Type *type);
/* Returns the same JSON as one line of text. */
Str json_typed_text(Value v, const Type *type, Arena *arena);
void json_write_type(JsonWriter *writer, const Type *type);
