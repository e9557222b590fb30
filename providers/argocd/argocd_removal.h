/* argocd_removal: objects that a deletion of Argo CD meets and that the manifests do not have. */
#pragma once

#include "provider.h"

/* Checks that no application is left in the cluster: with their definitions they would be deleted,
 * and those with a finalizer would stay forever. With `should_force` the finalizers are removed
 * instead. */
MUST_USE bool argocd_removal_prepare(const Call *call, bool should_force, Diags *diags);
/* Deletes the Secrets that Argo CD has made in its namespace. */
MUST_USE bool argocd_removal_finish(const Call *call, Str namespace, Diags *diags);
