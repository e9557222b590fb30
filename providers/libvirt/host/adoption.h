/* adoption: keeps arguments of an imported object that its configuration omits.
 *
 * Objects created by loam get defaults for omitted arguments. An imported object keeps its own
 * values instead. A member of its private data lists the arguments that a configuration has set
 * since; removing such an argument from the configuration then has its usual effect. Objects
 * created by loam do not have the member. */
#pragma once

#include "provider.h"

/* Returns the private data with the mark of a newly imported object. */
Str adoption_begin(Str private_data, Arena *arena);
bool adoption_is_imported(Str private_data, Arena *arena);
/* Returns the planned object with the values that an imported object keeps. Updates the mark in
 * *private_data; a planned creation has none. */
Value adoption_keep(const Schema *schema, const PlanRequest *request, Value planned,
                    Str *private_data, Arena *arena);
