/* GitopsController: what differs between GitOps controllers: how they are asked, and how their
 * objects report. Its functions send no requests. */
#pragma once

#include "provider.h"
#include "readiness.h"

/* An object of the cluster. Without api_version: none. */
typedef struct GitopsLink {
    Str api_version;
    Str kind;
    Str namespace;
    Str name;
} GitopsLink;

typedef VEC(GitopsLink) GitopsLinks;

typedef struct GitopsController {
    /* Return JSON merge patches. `time`: the text that marks the request. `is_configured`: the
     * configuration sets the field that suspends, so the field must not vanish. */
    Str (*request)(Value object, Str time, Arena *arena);
    Str (*suspend)(Value object, Arena *arena);
    Str (*resume)(Value object, bool is_configured, Arena *arena);
    bool (*is_suspended)(Value object);
    /* Returns whether no controller writes a status for the object: requests have no effect. */
    bool (*is_static)(Value object);
    /* Ready: the controller has handled the request of this time, with success. */
    Readiness (*look)(Value object, Str time, Arena *arena);
    /* Returns a merge patch that ends work which keeps the controller from the request; empty: no
     * such work. It names the version of the object. NULL: never. */
    Str (*unblock)(Value object, Arena *arena);
    /* Sets ready, revision and message; views of the object, or in the arena. */
    void (*describe)(Value object, GitopsRow *row, Arena *arena);
    /* Adds the objects that the object gets its contents from. NULL: none. */
    void (*sources)(Value object, GitopsLinks *out, Arena *arena);
} GitopsController;
