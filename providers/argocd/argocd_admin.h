/* argocd_admin: the password of the user admin, as a bcrypt hash in the Secret argocd-secret. */
#pragma once

#include "provider.h"

/* Returns why the password cannot be set, as a sentence; empty if it can. */
Str argocd_admin_problem(Str password, Arena *arena);
/* Sets the password if `is_due`, or if the Secret has none. The Secret must exist. */
MUST_USE bool argocd_admin_set(const Call *call, Str namespace, Str password, bool is_due,
                               Diags *diags);
