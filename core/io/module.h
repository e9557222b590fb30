/* Module: a part of the program in a file of its own, opened by its first use: its libraries cost
 * time that not every run should pay. Any thread; it stays open. */
#pragma once

#include "str.h"

#include <pthread.h>

typedef struct Module {
    Str path;
    const char *symbol;  /* what is wanted of it */
    const char *purpose; /* "the web": for the message when it is not there */
    const void *content; /* NULL: not opened yet */
    pthread_mutex_t mutex;
} Module;

/* In place: a module does not move. */
void module_init(Module *module, Str path, const char *symbol, const char *purpose);
/* Why a module could not be opened, and what to do, as a sentence's end; `error`: what the loader
 * said, which names the file it stumbled over: the module, or a library that the module needs. */
Str module_failure(Str path, Str error, Arena *arena);
/* NULL: it cannot be opened, and *problem says why. */
const void *module_get(Module *module, Str *problem, Arena *arena);
