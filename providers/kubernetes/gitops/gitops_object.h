/* GitopsObject: an object that a GitOps controller reconciles, and the actions of `loam gitops` on
 * it. The client of the calls is a Cluster. */
#pragma once

#include "provider.h"
#include "readiness.h"

#define GITOPS_MANAGER "loam-gitops" /* field manager of its changes; no plan owns them */

/* An object of the cluster. Without api_version: none. */
typedef struct GitopsLink {
    Str api_version;
    Str kind;
    Str namespace;
    Str name;
} GitopsLink;

typedef VEC(GitopsLink) GitopsLinks;

/* What differs between controllers: how they are asked, and how their objects report. Its functions
 * send no requests. */
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

typedef struct GitopsObject {
    const GitopsController *controller;
    GitopsLink link;
    /* Argument that the configuration sets and that suspends the object, such as "spec.suspend";
     * NULL: none. Then the next apply sets the argument back, which a warning says. */
    const char *suspend_argument;
} GitopsObject;

/* Returns a link to the object of the ID "NAMESPACE/NAME"; views of the arguments. */
GitopsLink gitops_link(const char *api_version, const char *kind, Str id);

/* Performs the action on the object, and on its sources before if the request says so; adds a row
 * for each of them. Fails if the object does not exist, or is not ready after a request. */
MUST_USE bool gitops_object_run(const Call *call, const GitopsObject *object,
                                const GitopsRequest *request, GitopsResponse *response,
                                Diags *diags);
