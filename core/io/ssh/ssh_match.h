/* ssh_match: patterns of host names, as in known_hosts files. */
#pragma once

#include "str.h"

/* Returns whether the name matches a pattern with "*" and "?". Ignores case. */
bool ssh_match_pattern(Str pattern, Str name);
