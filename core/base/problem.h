/* problem: the reason of a failure, as the end of a sentence that the caller begins. */
#pragma once

#include "str.h"

/* Set *problem and return false. `text` is not copied. */
bool problem_set(Str *problem, Arena *arena, const char *format, ...) PRINTF_LIKE(3, 4);
bool problem_text(Str *problem, const char *text);
