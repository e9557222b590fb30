/* uuid: identifiers of RFC 4122 as text. */
#pragma once

#include "str.h"

Str uuid_v4(Arena *arena); /* random */
/* Name-based, with SHA-1. Returns empty text if `namespace_uuid` is not the text of a UUID. */
Str uuid_v5(Str namespace_uuid, Str name, Arena *arena);
