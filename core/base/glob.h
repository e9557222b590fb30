/* glob: file name patterns: * and ? within a name, ** over folders, [a-z] [^a], {a,b}, \ before
 * any. */
#pragma once

#include "str.h"

bool glob_is_valid(Str pattern);
bool glob_matches(Str pattern, Str path);
/* Could anything in this folder match? Says no only when that is certain. */
bool glob_may_match_below(Str pattern, Str folder);
