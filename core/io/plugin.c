/* plugin: calls dlopen at the first use, and compares the digests of the headers. */
#include "plugin.h"
#include "disk.h"
#include "problem.h"
#include "thread.h"

#include <dlfcn.h>

static char plugin_directory[4096];

void plugin_set_directory(Str directory) {
    CHECK(directory.len < sizeof plugin_directory);
    memcpy(plugin_directory, directory.ptr, directory.len);
    plugin_directory[directory.len] = '\0';
}

Str plugin_path(const char *file, Arena *arena) {
    return disk_join(str_from_cstr(plugin_directory), str_from_cstr(file), arena);
}

Str plugin_failure(Str path, Str error, Arena *arena) {
    bool is_absent = str_find(error, STR("No such file"), 0) != SIZE_MAX;
    if (!is_absent)
        return str_format(arena, "the system cannot load it: %.*s", STR_ARG(error));
    if (str_starts_with(error, path))
        return STR("the file does not exist: install all of loam (\"cmake --install\"), or copy "
                   "the module to that directory");
    size_t colon = str_find_char(error, ':', 0);
    return str_format(arena,
                      "it requires the library \"%.*s\", which is not installed: install the "
                      "package of your system that contains it",
                      STR_ARG(str_slice(error, 0, colon)));
}

void *plugin_open(Str path, Str *why, Arena *arena) {
    void *handle = dlopen(str_to_cstr(path, arena), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        *why = plugin_failure(path, str_from_cstr(dlerror()), arena);
        return NULL;
    }
    const char *digest = dlsym(handle, "module_interface_digest");
    if (!digest || strcmp(digest, interface_digest) != 0) {
        *why = STR("it belongs to another version of loam: install both from the same source");
        dlclose(handle);
        return NULL;
    }
    return handle;
}

const void *plugin_get(Plugin *plugin, Str *problem, Arena *arena) {
    LOCKED(&plugin->mutex);
    if (!plugin->content) {
        Str path = plugin_path(plugin->file, arena);
        Str why = STR_EMPTY;
        void *handle = plugin_open(path, &why, arena);
        plugin->content = handle ? dlsym(handle, plugin->symbol) : NULL;
        if (handle && !plugin->content)
            why = plugin_failure(path, str_from_cstr(dlerror()), arena);
        if (!plugin->content)
            (void)problem_set(problem, arena, "%s requires the module \"%.*s\" of loam, and %.*s",
                              plugin->purpose, STR_ARG(path), STR_ARG(why));
    }
    return plugin->content;
}
