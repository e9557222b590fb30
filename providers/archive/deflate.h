/* deflate: compresses bytes by RFC 1951, without a header. The output for given bytes
 * and search never changes, since states hold digests of archives. */
#pragma once

#include "str.h"

/* Effort of the search for matches. */
typedef struct DeflateSearch {
    unsigned chain; /* maximum number of positions to try */
    unsigned nice;  /* match length that ends the search */
} DeflateSearch;

/* `bytes` is shorter than 4 GiB. */
Str deflate_bytes(Str bytes, DeflateSearch search, Arena *arena);
