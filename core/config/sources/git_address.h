/* git_address: what people write for a git repository, as a URL and what they want of it. */
#pragma once

#include "str.h"

typedef struct GitAddress {
    Str url;
    Str ref;   /* branch, tag or commit; empty: what the repository's HEAD is */
    Str depth; /* digits; empty: as little history as will do */
} GitAddress;

/* "git::URL", "git@host:path", "github.com/o/r/sub", "ssh://…", "https://….git" → "git::URL?query",
 * with a folder within behind "//". False: means no git repository. */
bool git_address_claims(Str address, Str *package, Arena *arena);
/* What git_address_claims gave; false: *problem says what is wrong with it, in a sentence. Nothing
 * that passes can be taken for an option of git's, name a helper of git's or a protocol that is not
 * in the list. */
MUST_USE bool git_address_parse(Str package, GitAddress *out, const char **problem, Arena *arena);
