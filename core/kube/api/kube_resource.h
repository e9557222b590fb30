/* KubeResource: a kind of object as the server serves it. KubeRef: the path of an object, or of a
 * collection, in requests. */
#pragma once

#include "str.h"
#include "vec.h"

typedef enum KubeVerb {
    KUBE_VERB_GET = 1,
    KUBE_VERB_LIST = 2,
    KUBE_VERB_WATCH = 4,
    KUBE_VERB_CREATE = 8,
    KUBE_VERB_UPDATE = 16,
    KUBE_VERB_PATCH = 32,
    KUBE_VERB_DELETE = 64,
    KUBE_VERB_DELETE_COLLECTION = 128,
} KubeVerb;

/* The initializer of a kind of the core group with a namespace. */
#define KUBE_CORE_RESOURCE(kind_, plural_)                                                         \
    {                                                                                              \
        .version = STR_CONST("v1"), .kind = STR_CONST(kind_), .plural = STR_CONST(plural_),        \
        .is_namespaced = true                                                                      \
    }

typedef struct KubeResource {
    Str group; /* empty: the core group */
    Str version;
    Str kind;
    Str plural; /* "deployments" */
    bool is_namespaced;
    uint32_t verbs;      /* union of KubeVerb */
    StrVec subresources; /* "status", "scale" */
} KubeResource;

/* A kind by its names. */
typedef struct KubeKind {
    Str api_version; /* "apps/v1" or "v1" */
    Str kind;        /* "Deployment" */
} KubeKind;

typedef struct KubeRef {
    const KubeResource *resource;
    Str namespace;   /* empty: cluster scope, or all namespaces of a collection */
    Str name;        /* empty: the collection */
    Str subresource; /* empty: none */
} KubeRef;

/* Splits "apps/v1" or "v1". */
void kube_resource_split(Str api_version, Str *group, Str *version);
/* Returns "apps/v1" or "v1". */
Str kube_resource_api_version(const KubeResource *resource, Arena *arena);
KubeResource kube_resource_clone(const KubeResource *resource, Arena *arena);
/* Returns "/apis/apps/v1/namespaces/x/deployments/web". */
Str kube_resource_path(const KubeRef *ref, Arena *arena);
/* Names the object in messages: `Deployment "web" in namespace "x"`. */
Str kube_resource_title(const KubeRef *ref, Arena *arena);
