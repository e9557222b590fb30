/* import_source: the name of an object that is imported: its ID, or its identity. */
#pragma once

#include "value.h"

typedef struct ImportSource {
    Str id; /* empty: none */
    Value
        identity; /* wholly known, of the type's identity schema; null, also without a type: none */
    bool is_unknown; /* the name is known only after apply, so the import waits for a later plan */
} ImportSource;

/* Returns true if the object can be imported now. */
bool import_source_is_known(const ImportSource *source);
/* Returns the ID, or the identity as by import_source_identity_text. */
Str import_source_text(const ImportSource *source, Arena *arena);
/* Returns "name=web,region=<null>": the attributes of an identity, for display. */
Str import_source_identity_text(Value identity, Arena *arena);
