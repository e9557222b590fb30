/* generated_config: the configuration of an existing object, derived from the schema of its type.
 */
#pragma once

#include "schema.h"

/* Returns the object with nulls for all arguments that a configuration cannot or need not set: read
 * by the provider, deprecated, an `id`, or optional and an empty text. Of a null object all
 * arguments are null. */
Value generated_config(const Schema *schema, Value object, Arena *arena);
