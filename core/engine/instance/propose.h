/* propose: prior object + configuration → the object that is proposed to the provider.
 *
 * What the configuration says counts; a computed attribute that it leaves null keeps its prior
 * value. Elements of nested lists go by index, of maps by key, of sets by "could have come from
 * this configuration". New computed values stay null: the provider plans them as unknown. */
#pragma once

#include "schema.h"

/* Both of the schema's implied type and without marks; prior may be null. */
Value propose_object(const Schema *schema, Value prior, Value config, Arena *arena);
