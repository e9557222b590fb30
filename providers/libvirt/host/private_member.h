/* private_member: the private data of an object, as named members in a JSON object.
 *
 * Several parts of a type store data there, so no part may replace the whole text: it sets its own
 * member and keeps the others. Members of other programs are dropped. */
#pragma once

#include "provider.h"

typedef enum PrivateMember {
    PRIVATE_ADOPTION, /* of adoption.h */
    PRIVATE_SEEN,     /* what the type has seen outside: its own text */
    PRIVATE_COUNT,
} PrivateMember;

/* Returns the member's text; empty if the member is absent. Also reads texts without members, which
 * earlier versions stored. */
Str private_member_get(Str private_data, PrivateMember member, Arena *arena);
/* Returns the private data with this text of the member. An empty text removes the member. */
Str private_member_set(Str private_data, PrivateMember member, Str text, Arena *arena);
