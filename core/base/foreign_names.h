/* foreign_names: names that a similar provider has for the same settings. An error about such a
 * name says what to write instead. */
#pragma once

#include "str.h"

typedef struct ForeignName {
    const char *name;    /* of an argument or block at any depth of a type, or of a type */
    const char *instead; /* full sentences */
} ForeignName;

typedef struct ForeignNames {
    const ForeignName *rows;
    size_t count;
} ForeignNames;

/* Returns the text of the row after a space, or empty text if the name has no row. `names` may be
 * NULL. */
Str foreign_names_hint(const ForeignNames *names, Str name, Arena *arena);
/* Returns foreign_names_hint, or else str_did_you_mean. */
Str foreign_names_suggest(const ForeignNames *names, Str name, const Str *candidates, size_t count,
                          Arena *arena);
