/* file_content: reading files for functions, relative to the scope's folder. */
#pragma once

#include "functions.h"

/* A "~" that the path begins with is the user's folder. */
Str file_content_expand(Str path, Arena *arena);
/* The path as the disk takes it: "~" expanded, relative ones based. */
Str file_content_path(const FunctionCall *call, Str path);
/* Bytes of the file that argument 0 names; the error blames it. */
MUST_USE bool file_content_read(FunctionCall *call, Str *out, Str *error);
