/* path_error: errors and warnings at an attribute path of the object of a call.
 *
 *     return path_error(call, PATH_AT(call, {"disk"}, {.index = i}, {"size"}), diags,
 *                       "Disk too small", "The image needs %s.", size);
 *
 * The engine shows the line of the argument at that path, or of its nearest parent in the
 * configuration. */
#pragma once

#include "provider.h"

/* A step of a path: {"size"} is an attribute, {.index = 0} an item of a list, {.key = STR("k")} an
 * item of a map. */
typedef struct PathAt {
    const char *attribute;
    size_t index;
    Str key;
} PathAt;

Path path_error_at(const PathAt *steps, size_t count, Arena *arena);
#define PATH_AT(call, ...)                                                                         \
    path_error_at((const PathAt[]){__VA_ARGS__}, ARRAY_COUNT(((const PathAt[]){__VA_ARGS__})),     \
                  (call)->arena)
/* For diagnostics about the whole object. */
#define NO_PATH ((Path){0})

/* Adds an error; always returns false. `detail_format` as in diags_error: why, and what to do. */
bool path_error(const Call *call, Path path, Diags *diags, const char *summary,
                const char *detail_format, ...) PRINTF_LIKE(5, 6);
void path_warning(const Call *call, Path path, Diags *diags, const char *summary,
                  const char *detail_format, ...) PRINTF_LIKE(5, 6);
