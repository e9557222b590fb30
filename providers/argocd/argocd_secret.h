/* argocd_secret: the slots of types whose object is a Secret that Argo CD finds by a label:
 * repositories, credentials of repositories, and clusters. An argument is a key of the Secret.
 * Secret arguments are write-only, see write_only.h.
 *
 * A type has ARGOCD_SECRET_TYPED, and its ArgocdSecret as payload. */
#pragma once

#include "typed_object.h"
#include "write_only.h"

/* A string, number, bool or list of strings: "true", "1", "a,b". */
typedef struct ArgocdKey {
    const char *attribute;
    const char *key; /* of the Secret */
} ArgocdKey;

typedef struct ArgocdSecret {
    TypedObject typed; /* first: the slots of typed_object see it alone */
    const char *label; /* value of the label "argocd.argoproj.io/secret-type" */
    const ArgocdKey *keys;
    size_t key_count;
    WriteOnlyTable write_only;
} ArgocdSecret;

Value argocd_secret_manifest(TypedCall *typed, Value state, Value manifest);
Value argocd_secret_state(const Call *call, Value state, Value live, bool is_import);
bool argocd_secret_needs_live(Value state);
Str argocd_secret_values(const TypedCall *typed, Value live);

#define ARGOCD_SECRET_TYPED(members_)                                                              \
    .typed = {.api_version = "v1",                                                                 \
              .kind = "Secret",                                                                    \
              .is_namespaced = true,                                                               \
              .members = (members_),                                                               \
              .manifest = argocd_secret_manifest,                                                  \
              .state = argocd_secret_state,                                                        \
              .needs_live = argocd_secret_needs_live,                                              \
              .values = argocd_secret_values}
