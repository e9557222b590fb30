/* Fails with a reason in one statement: return problem_set(…). */
#include "problem.h"

bool problem_set(Str *problem, Arena *arena, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *problem = str_vformat(arena, format, args);
    va_end(args);
    return false;
}

bool problem_text(Str *problem, const char *text) {
    *problem = str_from_cstr(text);
    return false;
}
