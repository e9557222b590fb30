/* ObjectKey: which object a manifest describes. Two versions of an API are the same object, so the
 * version is no part of the identity. */
#pragma once

#include "kube_resource.h"
#include "value.h"

typedef struct ObjectKey {
    Str group; /* empty: the core group */
    Str version;
    Str kind;
    Str namespace; /* empty: cluster scope, or not given */
    Str name;
} ObjectKey;

/* Returns the key of a manifest or of an object of the server. Members that are missing, unknown or
 * of another type are empty. */
ObjectKey object_key_of(Value object);
/* Returns the key of an object of this kind; `namespace` is ignored for cluster scope. */
ObjectKey object_key_of_ref(const KubeRef *ref);
/* Returns "GROUP/KIND/NAMESPACE/NAME". */
Str object_key_text(const ObjectKey *key, Arena *arena);
/* Returns "apps/v1" or "v1". */
Str object_key_api_version(const ObjectKey *key, Arena *arena);

/* Returns whether only Kubernetes itself has kinds of the group, so that a kind which the server
 * lacks is misspelled, not missing its definition. */
bool object_key_is_builtin(const ObjectKey *key);

/* Returns "apiVersion=apps/v1,kind=Deployment,namespace=x,name=web", without an empty namespace. */
Str object_key_import_id(const ObjectKey *key, Arena *arena);
/* Reads such a text, its parts in any order. On failure `*problem` is a sentence. */
MUST_USE bool object_key_parse(Str id, ObjectKey *out, Str *problem, Arena *arena);
