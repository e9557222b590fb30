/* secret_index: searches a text for any of many secrets. The time of a search is linear in the text
 * and logarithmic in the number of secrets. */
#pragma once

#include "vec.h"

/* bytes; a secret of up to this length may be part of an ordinary word */
#define SECRET_SHORT_MAX 3

/* The secrets that begin with the same bytes: a range of `longs`. */
typedef struct SecretRange {
    uint32_t prefix;
    uint32_t start;
    uint32_t end; /* 0: the slot is empty */
} SecretRange;

typedef struct SecretIndex {
    StrVec secrets; /* as given; views */
    StrVec shorts;  /* sorted, without duplicates */
    StrVec longs;   /* sorted; no element is a prefix of another */
    SecretRange *ranges;
    size_t range_mask; /* number of ranges, a power of two, less 1 */
} SecretIndex;

/* Views the texts of `secrets`; empty texts are ignored. */
SecretIndex secret_index_new(const StrVec *secrets, Arena *arena);
/* Returns whether the text contains a secret. A short secret must be the whole text. */
bool secret_index_holds(const SecretIndex *index, Str text);
/* Returns whether the text contains a secret. A short secret must be between double quotes. */
bool secret_index_quotes(const SecretIndex *index, Str text);
