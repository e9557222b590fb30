/* state_object: between an object's value and its stored form. */
#pragma once

#include "schema.h"
#include "state.h"

/* Decodes the attributes as the schema's implied type and puts the stored marks and the schema's
 * own on. The object must be at the schema's version (upgrade first). */
MUST_USE bool state_object_decode(
    const StateObject *object, const Schema *schema, Value *out, Arena *arena, Diags *diags);
/* `value` may carry marks: the sensitive ones are stored as paths. Wholly known. */
const StateObject *state_object_encode(Value value,
                                       const Schema *schema,
                                       ObjectStatus status,
                                       Str private_data,
                                       const Str *dependencies,
                                       size_t dependency_count,
                                       bool create_before_destroy,
                                       Arena *arena);
/* One JSON value, however it is laid out? Empty text equals `absent`. */
bool state_object_same_json(Str a, Str b, Str absent);
bool state_object_equal(const StateObject *a, const StateObject *b);
