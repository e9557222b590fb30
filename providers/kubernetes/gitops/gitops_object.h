/* GitopsObject: an object that a GitOps controller reconciles, and the actions of `loam gitops` on
 * it. The client of the calls is a Cluster. */
#pragma once

#include "gitops_controller.h"

#define GITOPS_MANAGER "loam-gitops" /* field manager of its changes; no plan owns them */

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
