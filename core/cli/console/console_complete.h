/* console_complete: completes an expression at the console: functions, names that the module
 * declares, and attributes of the value before a dot. */
#pragma once

#include "config.h"
#include "scope.h"

typedef struct ConsoleWords {
    const Module *module; /* NULL: no configuration */
    const Scope *scope;
    const FunctionTable *functions;
} ConsoleWords;

/* Returns in *out, sorted, the whole words that start with the last word of `before`. *start is the
 * offset of that word. */
void console_complete(const ConsoleWords *words, Str before, size_t *start, StrVec *out,
                      Arena *arena);
