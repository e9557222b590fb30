/* credentials_helper: the program of `credentials_helper` in the CLI configuration, which keeps the
 * tokens of registry hosts. */
#pragma once

#include "package.h"

/* Runs HELPER ARGUMENTS `verb` HOST with an input: get, store or forget. Returns false if none is
 * configured or the program fails. */
MUST_USE bool credentials_helper_run(const PackageQuery *query, const char *verb, Str host,
                                     Str input, Str *out);
/* Returns the token of the host; empty if the helper has none. */
Str credentials_helper_token(const PackageSources *sources, Str host, Arena *arena);
