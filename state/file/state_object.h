/* state_object: converts an object's value to its stored form and back. */
#pragma once

#include "schema.h"
#include "state.h"

/* Decodes the attributes as the schema's implied type. Marks are those stored and those of the
 * schema. The object must be at the schema's version (upgrade first). */
MUST_USE bool state_object_decode(const StateObject *object, const Schema *schema, Value *out,
                                  Arena *arena, Diags *diags);
/* Returns a copy of `head` with the version of the schema and the attributes of `value`, which is
 * wholly known and may carry marks; sensitive marks are stored as paths, others are dropped. */
StateObject *state_object_encode(const StateObject *head, Value value, const Schema *schema,
                                 Arena *arena);
/* Returns whether both texts have the same JSON tokens in the same order, whatever the white space.
 * Objects with their members in different orders are not the same. An empty text equals
 * `absent`. */
bool state_object_same_json(Str a, Str b, Str absent);
bool state_object_equal(const StateObject *a, const StateObject *b);
