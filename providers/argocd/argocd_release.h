/* argocd_release: the manifests of a release of Argo CD, before the settings of an installation. */
#pragma once

#include "manifest_text.h"

/* Variants of a release, for Attribute.one_of. */
#define ARGOCD_VARIANTS "standard core ha namespaced"

/* Checks `manifests` and `manifests_sha256` without reading them. */
MUST_USE bool argocd_release_check(const Call *call, Value config, Diags *diags);
/* Returns whether the manifests are behind a URL, so that only plan and apply read them. */
bool argocd_release_is_remote(Value config);
/* Reads the objects of the variant from a file, the directory of a release or an https URL, after a
 * comparison with the digest. Fails if they are those of another variant. */
MUST_USE bool argocd_release_read(const Call *call, Value config, Path argument,
                                  ManifestObjects *out, Diags *diags);
