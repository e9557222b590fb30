/* console: the parts of `loam console` that tests call without a terminal. */
#pragma once

#include "scope.h"

typedef struct ConsoleWords {
    const struct Module *module; /* NULL: no configuration */
    const Scope *scope;
    const FunctionTable *functions;
} ConsoleWords;

/* Completes an expression: functions, names that the module declares, and attributes of the value
 * before a dot. Returns in *out, sorted, the whole words that start with the last word of `before`.
 * *start is the offset of that word. */
void console_complete(const ConsoleWords *words, Str before, size_t *start, StrVec *out,
                      Arena *arena);

/* The line protocol of `loam console -json`. A request is a line with an expression, a template or
 * a conversion. The response is a line with the value and its type. Requests do not affect each
 * other.
 *
 * Returns the response to one request line, without newline. `scope` resolves names if the request
 * has no variables, and everything else always. For a value with an infinity, which JSON cannot
 * represent, the response has "bad": "inf". */
Str console_json_answer(Str line, const Scope *scope, Arena *arena);

/* Formats a type, with a line for each member. */
Str console_type_to_str(const Type *type, Arena *arena);
