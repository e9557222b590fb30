/* deflate: bytes compressed as RFC 1951 says, without a header. The same bytes give the same result
 * for good: digests of archives are kept in states. */
#pragma once

#include "str.h"

/* How hard it looks for bytes that came before. */
typedef struct DeflateSearch {
    unsigned chain; /* places to look at */
    unsigned nice;  /* bytes that are enough */
} DeflateSearch;

Str deflate_bytes(Str bytes, DeflateSearch search, Arena *arena);
