/* plugin: a part of the program in a separate shared object. The first use loads it, so that other
 * runs do not load its libraries. Usable from any thread; a loaded plugin stays loaded. */
#pragma once

#include "str.h"

#include <pthread.h>

/* Has static storage; `mutex` is PTHREAD_MUTEX_INITIALIZER. */
typedef struct Plugin {
    const char *file;    /* in the directory of the plugins: "loam-curl.so" */
    const char *symbol;  /* the symbol that plugin_get returns */
    const char *purpose; /* "the web": the subject of the error, "… requires the module" */
    const void *content; /* address of the symbol; NULL: not loaded yet */
    pthread_mutex_t mutex;
} Plugin;

/* Sets the directory of all plugins. Call before any other thread starts. */
void plugin_set_directory(Str directory);
/* Returns the path of a file in that directory. */
Str plugin_path(const char *file, Arena *arena);
/* The digest of the headers that the program was built with; cmake/interface.cmake writes it. */
extern const char interface_digest[];

/* Loads a plugin that was built with the headers of the program: with others, its structs have
 * other shapes. Returns the handle of dlopen. NULL: *why is the end of a sentence, what is wrong
 * and what to do. */
void *plugin_open(Str path, Str *why, Arena *arena);
/* Returns the end of a sentence: why a plugin could not be loaded, and what to do. `error` is the
 * text of dlerror. It names the missing file: the plugin, or a library that the plugin needs. */
Str plugin_failure(Str path, Str error, Arena *arena);
/* Returns the address of the symbol. NULL: the plugin cannot be loaded; *problem says why. */
const void *plugin_get(Plugin *plugin, Str *problem, Arena *arena);
