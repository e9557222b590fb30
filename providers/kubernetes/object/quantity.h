/* quantity: amounts of resources, such as "500m" of a CPU or "128Mi" of memory.
 *
 * An API server stores a quantity in canonical form: "1000m" as "1", "0.5Gi" as "512Mi".
 * Server-side apply compares the texts, so another form is a conflict for the next manager. */
#pragma once

#include "str.h"

/* Sets *out to the form that an API server stores. Returns false if the text is not a quantity, or
 * has more than 28 digits (18 with a unit of powers of 1024). */
MUST_USE bool quantity_canonical(Str text, Str *out, Arena *arena);
