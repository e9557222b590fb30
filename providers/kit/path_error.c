/* path_error: diagnostics with attribute paths. */
#include "path_error.h"

Path path_error_at(const PathAt *steps, size_t count, Arena *arena) {
    Path path = {0};
    for (size_t i = 0; i < count; i++) {
        if (steps[i].attribute)
            path = path_attribute(path, str_from_cstr(steps[i].attribute), arena);
        else if (steps[i].key.ptr)
            path = path_index(path, value_string(steps[i].key, arena), arena);
        else
            path = path_index(path, value_int((int64_t)steps[i].index), arena);
    }
    return path;
}

static void error_place(Diags *diags, Diag *diag, Path path) {
    if (path.count > 0)
        diag->path = path_to_str(path, diags->arena);
}

bool path_error(const Call *call, Path path, Diags *diags, const char *summary,
                const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(call->arena, detail_format, args);
    va_end(args);
    error_place(diags, diags_error(diags, NO_RANGE, summary, "%.*s", STR_ARG(detail)), path);
    return false;
}

void path_warning(const Call *call, Path path, Diags *diags, const char *summary,
                  const char *detail_format, ...) {
    va_list args;
    va_start(args, detail_format);
    Str detail = str_vformat(call->arena, detail_format, args);
    va_end(args);
    error_place(diags, diags_warning(diags, NO_RANGE, summary, "%.*s", STR_ARG(detail)), path);
}
