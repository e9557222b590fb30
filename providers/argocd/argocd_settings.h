/* argocd_settings: the settings of an installation in the objects of a release. */
#pragma once

#include "manifest_text.h"

/* The arguments that change objects, ended by NULL. */
extern const char *const argocd_settings_arguments[];

/* Changes the objects as the arguments say; adds the namespace, removes definitions. Fails if an
 * argument has nothing to change. */
MUST_USE bool argocd_settings_apply(const Call *call, Value config, ManifestObjects *objects,
                                    Diags *diags);
