/* state_object_json: the members of a stored object, as the state file and the journal both have
 * them: status, schema_version, attributes, sensitive_attributes, private, dependencies,
 * create_before_destroy, and what other tools put beside. */
#pragma once

#include "json.h"
#include "state.h"

/* Takes members one by one; the zero value with `reader` and `arena` set is ready. */
typedef struct StateObjectReader {
    JsonReader *reader; /* its arena may be short-lived */
    Arena *arena;       /* receives what is no view of the reader's bytes */
    StateObject object;
    StrBuf extra;
    /* The list read last: instances of one block mostly have the same. */
    Str dependencies_text;
    const Str *dependencies;
    size_t dependency_count;
} StateObjectReader;

/* Ready for the next object. */
void state_object_json_begin(StateObjectReader *reading);
/* The member `key`, whose value begins with `token`. On failure *error says what is wrong (if it is
 * NULL, the reader's own error does). */
MUST_USE bool state_object_json_member(StateObjectReader *reading,
                                       Str key,
                                       JsonToken token,
                                       const char **error);
/* The object in `arena`. */
const StateObject *state_object_json_finish(StateObjectReader *reading);
/* A string that outlives the reader: a view of its bytes, or else a copy. */
Str state_object_json_keep(const JsonReader *reader, Str text, Arena *arena);
/* A list of strings. */
MUST_USE bool state_object_json_strings(
    JsonReader *reader, JsonToken token, const Str **out, size_t *count, Arena *arena);

/* All members, into the object that is open. */
void state_object_json_write(JsonWriter *writer, const StateObject *object);
void state_object_json_write_strings(JsonWriter *writer,
                                     const char *key,
                                     const Str *items,
                                     size_t count);
