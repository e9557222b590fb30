/* json: values in JSON and back, exact: numbers of any size, key order, byte positions.
 *
 * json_reader.h and json_writer.h are the streams below. Strings and names that come out may be
 * views of the reader's bytes or lie in its arena: the values live as long as those. */
#pragma once

#include "json_reader.h"
#include "json_writer.h"
#include "path.h"

/* Reading. */

/* The value that begins with `token`, typed as jsondecode types it (object, tuple). False: the
 * reader's error says why. */
MUST_USE bool json_read_any(JsonReader *reader, JsonToken token, Value *out, Arena *arena);
/* Whole text. */
MUST_USE bool json_parse_any(
    Str bytes, Value *out, const char **error, size_t *offset, Arena *arena);
/* Read as a given type, as state files encode values: dynamic places are {"value":…,"type":…}
 * inside (the value has the types found there), attributes missing from an object are null, unknown
 * attributes are an error. Of duplicate keys the last one counts. On failure *error names the
 * place, and reader->start is its offset. */
MUST_USE bool json_read_typed(JsonReader *reader,
                              JsonToken token,
                              const Type *type,
                              Value *out,
                              const char **error,
                              Arena *arena);
/* "string", ["list","string"], ["object",{…}], ["object",{…},["optional"]]. False: the reader's
 * error says why. */
MUST_USE bool json_read_type(JsonReader *reader, JsonToken token, const Type **out, Arena *arena);

/* Writing. */

/* As jsonencode and plan JSON write it: no type information. Must be wholly known; unknown leaves
 * are written as null. */
void json_write_value(JsonWriter *writer, Value v);
/* The same in one line, as a text of its own. */
Str json_text(Value v, Arena *arena);
/* As state files encode it: where `type` is dynamic, {"value":…,"type":…}. */
void json_write_typed(JsonWriter *writer, Value v, const Type *type);
void json_write_type(JsonWriter *writer, const Type *type);
