/* adoption: keeps arguments of an imported object that its configuration omits.
 *
 * Objects created by loam get defaults for omitted arguments. An imported object keeps its own
 * values instead. Its private data lists the arguments that a configuration has set since; removing
 * such an argument from the configuration then has its usual effect.
 *
 * Empty private data marks an object created by loam. */
#pragma once

#include "provider.h"

/* Returns the private data of a newly imported object. */
Str adoption_begin(void);
bool adoption_is_imported(Str private_data);
/* Returns the planned object with the values that an imported object keeps. Sets the matching
 * private data. */
Value adoption_keep(const Schema *schema,
                    const PlanRequest *request,
                    Value planned,
                    Str *private_data,
                    Arena *arena);
