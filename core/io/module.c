/* dlopen, once. */
#include "module.h"

#include <dlfcn.h>

void module_init(Module *module, Str path, const char *symbol, const char *purpose) {
    *module = (Module){.path = path, .symbol = symbol, .purpose = purpose};
    pthread_mutex_init(&module->mutex, NULL);
}

const void *module_get(Module *module, Str *problem, Arena *arena) {
    pthread_mutex_lock(&module->mutex);
    if (!module->content) {
        void *handle = dlopen(str_to_cstr(module->path, arena), RTLD_NOW | RTLD_LOCAL);
        module->content = handle ? dlsym(handle, module->symbol) : NULL;
        if (!module->content)
            *problem = str_format(arena,
                                  "loam's module for %s cannot be loaded (%s); install it where "
                                  "loam is installed",
                                  module->purpose, dlerror());
    }
    const void *content = module->content;
    pthread_mutex_unlock(&module->mutex);
    return content;
}
