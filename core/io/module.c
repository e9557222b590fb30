/* dlopen, once. */
#include "module.h"

#include <dlfcn.h>

void module_init(Module *module, Str path, const char *symbol, const char *purpose) {
    *module = (Module){.path = path, .symbol = symbol, .purpose = purpose};
    pthread_mutex_init(&module->mutex, NULL);
}

Str module_failure(Str path, Str error, Arena *arena) {
    bool is_absent = str_find(error, STR("No such file"), 0) != SIZE_MAX;
    if (!is_absent)
        return str_format(arena, "the system cannot load it: %.*s", STR_ARG(error));
    if (str_starts_with(error, path))
        return STR("there is no such file: install all of loam (\"cmake --install\"), or put the "
                   "module into that folder");
    size_t colon = str_find_char(error, ':', 0);
    return str_format(arena,
                      "it needs the library \"%.*s\", which is not installed: install the "
                      "package of your system that holds it",
                      STR_ARG(str_slice(error, 0, colon)));
}

static Str refuse(const Module *module, Str error, Arena *arena) {
    return str_format(arena, "%s takes the module \"%.*s\" of loam, and %.*s", module->purpose,
                      STR_ARG(module->path), STR_ARG(module_failure(module->path, error, arena)));
}

const void *module_get(Module *module, Str *problem, Arena *arena) {
    pthread_mutex_lock(&module->mutex);
    if (!module->content) {
        void *handle = dlopen(str_to_cstr(module->path, arena), RTLD_NOW | RTLD_LOCAL);
        module->content = handle ? dlsym(handle, module->symbol) : NULL;
        if (!module->content)
            *problem = refuse(module, str_from_cstr(dlerror()), arena);
    }
    const void *content = module->content;
    pthread_mutex_unlock(&module->mutex);
    return content;
}
