/* plan_value: values in plan.json. Scalars of the expected type stand as they are in JSON. All else
 * is an object that says more:
 *
 *   type        when it is another than the place expects (always at the root)
 *   marks       of the value itself
 *   unknown     true: known after apply
 *   precision   of a number that has another than text gives
 *   of          the content: a scalar, an array of elements, an object of members */
#pragma once

#include "json.h"

void plan_value_write(JsonWriter *writer, Value v);
/* False: malformed; the reader has the error. */
MUST_USE bool plan_value_read(JsonReader *reader, JsonToken token, Value *out, Arena *arena);
