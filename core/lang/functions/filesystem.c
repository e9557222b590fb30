/* filesystem: functions on paths, and on files that exist before the plan. */
#include "filesystem.h"

#include "base64.h"
#include "file_reads.h"
#include "glob.h"
#include "scope.h"
#include "utf8.h"

#include <errno.h>
#include <unistd.h>

/* Replaces a leading "~" with the user's home directory. */
static Str filesystem_expand_home(Str path, Arena *arena) {
    const char *home = getenv("HOME");
    bool is_home = str_equal(path, STR("~")) || str_starts_with(path, STR("~/"));
    return is_home && home ? str_concat(str_from_cstr(home), str_after(path, 1), arena) : path;
}

/* Returns the path for disk access: "~" expanded, relative paths joined to the base directory. */
static Str disk_path(const FunctionCall *call, Str path) {
    path = filesystem_expand_home(path, call->arena);
    if (!call->scope || !call->scope->base_directory.len)
        return path;
    return disk_join(call->scope->base_directory, path, call->arena);
}

bool filesystem_read(FunctionCall *call, Str *out, Str *error) {
    Str name = function_text(call, 0);
    if (!call->scope || !call->scope->io || !call->scope->io->disk)
        return function_fail(call, SIZE_MAX, error, "files cannot be read here");
    const Disk *disk = call->scope->io->disk;
    int code = disk->read_file(disk->self, disk_path(call, name), out, call->arena);
    if (code == -ENOENT)
        return function_fail(call, 0, error,
                             "no file exists at \"%.*s\"; this function works only with files that "
                             "exist before planning. For a file that a resource creates, use an "
                             "attribute of that resource instead",
                             STR_ARG(name));
    if (code == 0)
        file_reads_add(call->scope->reads, disk_path(call, name), *out);
    if (code < 0)
        return function_fail(call, 0, error, "failed to read \"%.*s\": %s", STR_ARG(name),
                             strerror(-code));
    return function_spend(call, 0, out->len, error);
}

/* Cleans a path lexically; the empty path becomes ".". */
static Str filesystem_clean(const FunctionCall *call, Str path) {
    Str cleaned = disk_clean(path, call->arena);
    return cleaned.len ? cleaned : STR(".");
}

static bool filesystem_abspath(FunctionCall *call, Value *out, Str *) {
    Str path = function_text(call, 0);
    if (!str_starts_with(path, STR("/"))) {
        char *directory = getcwd(NULL, 0);
        path = disk_join(str_clone(str_from_cstr(directory), call->arena), path, call->arena);
        free(directory);
    }
    return function_give_text(call, filesystem_clean(call, path), out);
}

static bool filesystem_basename(FunctionCall *call, Value *out, Str *) {
    Str path = disk_without_end_slashes(function_text(call, 0));
    size_t slash = str_rfind_char(path, '/');
    if (!path.len)
        return function_give_text(call, STR("."), out);
    if (path.len == 1 || slash == SIZE_MAX)
        return function_give_text(call, path, out);
    return function_give_text(call, str_after(path, slash + 1), out);
}

static bool filesystem_dirname(FunctionCall *call, Value *out, Str *) {
    Str path = function_text(call, 0);
    size_t slash = str_rfind_char(path, '/');
    if (slash == SIZE_MAX)
        return function_give_text(call, STR("."), out);
    return function_give_text(call, filesystem_clean(call, str_slice(path, 0, slash + 1)), out);
}

static bool filesystem_pathexpand(FunctionCall *call, Value *out, Str *) {
    return function_give_text(call, filesystem_expand_home(function_text(call, 0), call->arena),
                              out);
}

static bool filesystem_file(FunctionCall *call, Value *out, Str *error) {
    Str bytes;
    if (!filesystem_read(call, &bytes, error))
        return false;
    if (utf8_valid_prefix(bytes) != bytes.len)
        return function_fail(
            call, 0, error,
            "contents of \"%.*s\" are not valid UTF-8; use the filebase64 function to get "
            "them in base64, or a function such as filesha256 for a digest",
            STR_ARG(function_text(call, 0)));
    return function_give_text(call, bytes, out);
}

static bool filesystem_filebase64(FunctionCall *call, Value *out, Str *error) {
    Str bytes;
    if (!filesystem_read(call, &bytes, error))
        return false;
    return function_give_text(call, base64_encode(bytes, call->arena), out);
}

static const Disk *filesystem_disk(FunctionCall *call, Str *error) {
    if (call->scope && call->scope->io && call->scope->io->disk)
        return call->scope->io->disk;
    function_fail(call, SIZE_MAX, error, "files cannot be read here");
    return NULL;
}

static bool filesystem_fileexists(FunctionCall *call, Value *out, Str *error) {
    const Disk *disk = filesystem_disk(call, error);
    DiskStat stat;
    if (!disk)
        return false;
    Str path = disk_path(call, function_text(call, 0));
    bool is_there = disk->stat(disk->self, path, &stat) == 0;
    file_reads_add_presence(call->scope->reads, path, is_there);
    if (is_there && stat.kind != DISK_FILE)
        return function_fail(call, 0, error, "\"%.*s\" is not a regular file",
                             STR_ARG(function_text(call, 0)));
    return function_give(value_bool(is_there), out);
}

#define DIRECTORY_DEPTH_MAX 64

typedef struct FileWalk {
    FunctionCall *call;
    const Disk *disk;
    Str pattern;
    ValueVec found;
    Str *error;
} FileWalk;

static bool filesystem_walk_directory(FileWalk *walk, Str path, Str name, int depth) {
    DiskEntries entries = {0};
    Arena *arena = walk->call->arena;
    if (depth > DIRECTORY_DEPTH_MAX ||
        walk->disk->list(walk->disk->self, path, &entries, arena) < 0)
        return true;
    vec_each(&entries, entry) {
        Str inner = name.len ? disk_join(name, entry->name, arena) : entry->name;
        Str at = disk_join(path, entry->name, arena);
        if (!function_spend(walk->call, 1, 0, walk->error))
            return false;
        if (entry->kind == DISK_FILE && glob_matches(walk->pattern, inner)) {
            vec_push(arena, &walk->found, value_string(inner, arena));
            file_reads_add_presence(walk->call->scope->reads, at, true);
        }
        if (entry->kind == DISK_DIRECTORY && glob_may_match_below(walk->pattern, inner) &&
            !filesystem_walk_directory(walk, at, inner, depth + 1))
            return false;
    }
    return true;
}

static bool filesystem_fileset(FunctionCall *call, Value *out, Str *error) {
    FileWalk walk = {.call = call, .disk = filesystem_disk(call, error), .error = error};
    walk.pattern = function_text(call, 1);
    if (!walk.disk)
        return false;
    if (!glob_is_valid(walk.pattern))
        return function_fail(call, 1, error, "failed to glob pattern: syntax error in pattern");
    Str directory = disk_path(call, function_text(call, 0));
    if (!filesystem_walk_directory(&walk, directory.len ? directory : STR("."), STR_EMPTY, 0))
        return false;
    return function_give(value_set(&TYPE_STRING, walk.found.items, walk.found.count, call->arena),
                         out);
}

#define OF_PATH PARAMETERS({"path", &TYPE_STRING}), .type = &TYPE_STRING

/* clang-format off */
static const Function filesystem_functions[] = {
    {
        .name = "abspath",
        OF_PATH,
        .run = filesystem_abspath,
        .description = "The absolute path.",
        .example = "abspath(\"/a//b/\") = \"/a/b\"",
    },
    {
        .name = "basename",
        OF_PATH,
        .run = filesystem_basename,
        .description = "The last part of a path.",
        .example = "basename(\"foo/bar/baz.txt\") = \"baz.txt\"",
    },
    {
        .name = "dirname",
        OF_PATH,
        .run = filesystem_dirname,
        .description = "The path without its last part.",
        .example = "dirname(\"foo/bar/baz.txt\") = \"foo/bar\"",
    },
    {
        .name = "file",
        OF_PATH,
        .run = filesystem_file,
        .description = "The text of a file.",
        .example = "file(\"hello.txt\") = \"Hello\"",
    },
    {
        .name = "filebase64",
        OF_PATH,
        .run = filesystem_filebase64,
        .description = "The bytes of a file, in base64.",
        .example = "filebase64(\"hello.txt\") = \"SGVsbG8=\"",
    },
    {
        .name = "fileexists",
        PARAMETERS({"path", &TYPE_STRING}),
        .type = &TYPE_BOOL,
        .run = filesystem_fileexists,
        .description = "Whether the file exists.",
        .example = "fileexists(\"hello.txt\") = true",
    },
    {
        .name = "fileset", .blames_call = true,
        PARAMETERS({"path", &TYPE_STRING}, {"pattern", &TYPE_STRING}),
        .type = &TYPE_SET_OF_STRING,
        .run = filesystem_fileset,
        .description = "The names of the files in a directory that match a pattern (* ** ? [a-z] {a,b}).",
        .example = "fileset(\".\", \"*.txt\") = toset([\"hello.txt\"])",
    },
    {
        .name = "pathexpand",
        OF_PATH,
        .run = filesystem_pathexpand,
        .description = "The path with a leading ~ replaced by the user's home directory.",
        .example = "pathexpand(\"/etc\") = \"/etc\"",
    },
};
/* clang-format on */

const FunctionFamily functions_filesystem = {filesystem_functions,
                                             ARRAY_COUNT(filesystem_functions)};
