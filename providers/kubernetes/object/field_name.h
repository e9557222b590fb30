/* field_name: names of arguments, as the fields of an object that they stand for. */
#pragma once

#include "str.h"

/* Returns "secretRef" for "secret_ref", and "matchOIDCIdentity" for "match_oidc_identity". */
Str field_name_of(Str argument, Arena *arena);
