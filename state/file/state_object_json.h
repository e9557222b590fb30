/* state_object_json: members of a stored object, shared by the state file and the journal: status,
 * schema_version, attributes, sensitive_attributes, identity_schema_version, identity, private,
 * dependencies, create_before_destroy, skip_destroy, and unknown members of other tools. */
#pragma once

#include "json.h"
#include "record.h"
#include "state.h"

/* Reads an object member by member. The zero value with `reader` and `arena` set is ready. */
typedef struct StateObjectReader {
    JsonReader *reader; /* its arena may be short-lived */
    Arena *arena;       /* receives the texts that are not views of the reader's bytes */
    StateObject object;
    StrBuf extra;
    size_t next_row; /* of state_object_json_rows: the one that a known tool writes next */
    /* The last list read: most instances of one block have the same list. */
    Str dependencies_text;
    const Str *dependencies;
    size_t dependency_count;
} StateObjectReader;

/* The rows of an object. The context of their reader is a StateObjectReader. */
extern const Record state_object_json_rows;

/* Prepares for the next object. */
void state_object_json_begin(StateObjectReader *reading);
/* Reads the member `key`, whose value begins with `token`. On failure *error is the reason, or NULL
 * if the reader has its own error. */
MUST_USE bool state_object_json_member(StateObjectReader *reading, Str key, JsonToken token,
                                       const char **error);
/* Returns the object, in `arena`. Its texts may be views of the reader's bytes. */
const StateObject *state_object_json_finish(StateObjectReader *reading);
/* Writes all members into the open JSON object. */
void state_object_json_write(JsonWriter *writer, const StateObject *object);
