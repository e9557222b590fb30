/* filesystem: reads files for functions, relative to the scope's base directory. */
#pragma once

#include "functions.h"

/* Reads the file that argument 0 names, and charges the budget for its size. On failure sets
 * *error, and failed_argument unless the scope has no files. */
MUST_USE bool filesystem_read(FunctionCall *call, Str *out, Str *error);
