/* console_json: the line protocol of `loam console -json`: a line with an expression, a template or
 * a conversion in, a line with the value and its type out. One request never harms the next. */
#pragma once

#include "scope.h"

/* The answer to one request line, without newline. `scope` gives the names where the request brings
 * no variables of its own, and everything else always. A value that holds an infinity, which JSON
 * cannot say, is answered by "bad": "inf". */
Str console_json_answer(Str line, const Scope *scope, Arena *arena);
