/* charset: finds character sets by IANA name or alias, in upper or lower case. */
#pragma once

#include "utf8.h"

typedef struct Charset {
    Str name;          /* canonical name of IANA */
    const char *iconv; /* name in iconv */
} Charset;

/* Returns false if no character set has that name. */
MUST_USE bool charset_find(Str name, Charset *out, Arena *arena);
