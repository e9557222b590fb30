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
/* Adds the values that an imported object keeps to the planned object, and updates the mark in the
 * private data of the response; a planned creation has none. */
void adoption_keep(const Call *call, const PlanRequest *request, PlanResponse *response);
