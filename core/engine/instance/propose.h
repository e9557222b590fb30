/* propose: merges prior object and configuration into the object that is proposed to the provider.
 *
 * The configuration has precedence. A computed attribute that it leaves null keeps its prior value.
 * Elements of nested lists are matched by index, elements of maps by key. An element of a set is
 * matched with a prior element that may come from it. New computed values stay null: the provider
 * plans them as unknown. */
#pragma once

#include "schema.h"

/* Both values have the schema's implied type and no marks; `prior` may be null. */
Value propose_object(const Schema *schema, Value prior, Value config, Arena *arena);
