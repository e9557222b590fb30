/* glob: file name patterns: * and ? within a name, ** over directories, [a-z] [^a], {a,b}; a
 * backslash quotes. A match that takes too many steps counts as no match. */
#pragma once

#include "str.h"

bool glob_is_valid(Str pattern);
bool glob_matches(Str pattern, Str path);
/* Returns false only if no path below this directory can match. */
bool glob_may_match_below(Str pattern, Str directory);
