/* argocd_project_users: applications that use a project. Argo CD deletes the objects of an
 * application only while its project exists, so the project goes last. */
#pragma once

#include "provider.h"

/* Waits until no application in the namespace uses the project. Fails at once, and names all, if
 * one of them is neither being deleted nor deleted by this plan. Succeeds if applications cannot be
 * listed. */
MUST_USE bool argocd_project_users_wait(const Call *call, Str namespace, Str name, Diags *diags);
