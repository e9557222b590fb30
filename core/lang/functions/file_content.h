/* file_content: reads files for functions, relative to the scope's base directory. */
#pragma once

#include "functions.h"

/* Replaces a leading "~" with the user's home directory. */
Str file_content_expand(Str path, Arena *arena);
/* Returns the path for disk access: "~" expanded, relative paths joined to the base directory. */
Str file_content_path(const FunctionCall *call, Str path);
/* Reads the file that argument 0 names. On failure sets *error and blames that argument. */
MUST_USE bool file_content_read(FunctionCall *call, Str *out, Str *error);
