/* git_address: parses addresses of git repositories into a URL and its options. */
#pragma once

#include "str.h"

typedef struct GitAddress {
    Str url;
    Str ref;   /* branch, tag or commit; empty: HEAD of the repository */
    Str depth; /* `depth` option, in digits; empty: minimal history */
} GitAddress;

/* Returns whether the address is a git repository and sets *package: "git::URL",
 * "git@host:path", "github.com/o/r/sub", "ssh://…", "https://….git" → "git::URL?query". A
 * subdirectory follows "//". */
bool git_address_claims(Str address, Str *package, Arena *arena);
/* Parses a package of git_address_claims. On failure *problem is the reason, a sentence. Rejects
 * values that git could read as an option, and remote helpers or protocols that are not allowed. */
MUST_USE bool git_address_parse(Str package, GitAddress *out, const char **problem, Arena *arena);
/* Returns false if git could read the name of a branch or tag as an option, a pattern, a range or a
 * refspec. */
bool git_address_is_ref(Str ref);
/* Returns true for an absolute path or a URL with https, ssh, http, git or file that git cannot
 * read as an option. */
bool git_address_is_url(Str text);
