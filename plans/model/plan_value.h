/* plan_value: values in plan.json. A scalar of the expected type is plain JSON. Any other value is
 * an object:
 *
 *    type       if it differs from the expected type (always at the root)
 *    marks      of the value itself
 *    unknown    true: known after apply
 *    precision  of a number, if it differs from that of its text
 *    of         the content: a scalar, an array of elements, an object of members */
#pragma once

#include "json.h"

void plan_value_write(JsonWriter *writer, Value v);
/* False: malformed; the reader has the error. */
MUST_USE bool plan_value_read(JsonReader *reader, JsonToken token, Value *out, Arena *arena);
