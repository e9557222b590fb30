/* filesystem: reads files for functions, relative to the scope's base directory. */
#pragma once

#include "functions.h"

/* Reads the file that argument 0 names. On failure sets *error and blames that argument. */
MUST_USE bool filesystem_read(FunctionCall *call, Str *out, Str *error);
