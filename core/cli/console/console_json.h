/* console_json: the line protocol of `loam console -json`. A request is a line with an expression,
 * a template or a conversion. The response is a line with the value and its type. Requests do not
 * affect each other. */
#pragma once

#include "scope.h"

/* Returns the response to one request line, without newline. `scope` resolves names if the request
 * has no variables, and everything else always. For a value with an infinity, which JSON cannot
 * represent, the response has "bad": "inf". */
Str console_json_answer(Str line, const Scope *scope, Arena *arena);
