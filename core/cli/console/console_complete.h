/* console_complete: what an expression at the console can go on with: functions, what the module
 * declares, and the attributes of the value that stands before a dot. */
#pragma once

#include "config.h"
#include "scope.h"

typedef struct ConsoleWords {
    const Module *module; /* NULL: no configuration */
    const Scope *scope;
    const FunctionTable *functions;
} ConsoleWords;

/* Whole words, in order, that begin as the last word of `before` does; it begins at *start. */
void console_complete(
    const ConsoleWords *words, Str before, size_t *start, StrVec *out, Arena *arena);
