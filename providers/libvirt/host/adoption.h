/* adoption: an imported object, and the arguments that its configuration leaves out.
 *
 * An object that loam made has defaults where the configuration says nothing. An imported object is
 * someone else's work: where the configuration says nothing, it stays as it is. Its private data
 * hold the names of the arguments that a configuration has set since; an argument that is taken out
 * of the configuration then is removed as usual.
 *
 * Empty private data stand for an object that loam made. */
#pragma once

#include "provider.h"

/* Private data of an object that was just imported. */
Str adoption_begin(void);
bool adoption_is_imported(Str private_data);
/* The planned object of a plan, with what an imported object keeps. Writes the private data that go
 * with it. */
Value adoption_keep(const Schema *schema,
                    const PlanRequest *request,
                    Value planned,
                    Str *private_data,
                    Arena *arena);
