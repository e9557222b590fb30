/* file_content: reads the contents of files for functions. */
#include "file_content.h"

#include "scope.h"

#include <errno.h>

Str file_content_expand(Str path, Arena *arena) {
    const char *home = getenv("HOME");
    bool is_home = str_equal(path, STR("~")) || str_starts_with(path, STR("~/"));
    return is_home && home ? str_concat(str_from_cstr(home), str_after(path, 1), arena) : path;
}

Str file_content_path(const FunctionCall *call, Str path) {
    path = file_content_expand(path, call->arena);
    if (!call->scope || !call->scope->base_directory.len)
        return path;
    return disk_join(call->scope->base_directory, path, call->arena);
}

bool file_content_read(FunctionCall *call, Str *out, Str *error) {
    Str name = function_text(call, 0);
    if (!call->scope || !call->scope->io || !call->scope->io->disk)
        return function_fail(call, SIZE_MAX, error, "files cannot be read here");
    const Disk *disk = call->scope->io->disk;
    int code = disk->read_file(disk->self, file_content_path(call, name), out, call->arena);
    if (code == -ENOENT)
        return function_fail(
            call, 0, error,
            "no file exists at \"%.*s\"; this function works only with files that are "
            "there before the plan. For a file that a resource creates, use an attribute "
            "of that resource instead",
            STR_ARG(name));
    if (code < 0)
        return function_fail(call, 0, error, "failed to read \"%.*s\": %s", STR_ARG(name),
                             strerror(-code));
    return function_spend(call, 0, out->len, error);
}
