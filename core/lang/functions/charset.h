/* charset: character sets by the names that IANA registers, aliases included, in any case. */
#pragma once

#include "utf8.h"

typedef struct Charset {
    Str name;          /* as IANA has it */
    const char *iconv; /* as iconv has it */
} Charset;

/* False: there is none of that name. */
MUST_USE bool charset_find(Str name, Charset *out, Arena *arena);
