/* KubeStore: the Kubernetes objects of one workspace: names, labels, requests. */
#pragma once

#include "diag.h"
#include "kube_client.h"
#include "plan_store.h"
#include "state_lease.h"

/* Result of a request. */
typedef struct KubeResult {
    Value object; /* if KUBE_DONE */
    Str problem;  /* otherwise; the end of a sentence */
    bool is_gone; /* status 410: the continue token of a list has expired */
} KubeResult;

typedef struct KubeStore {
    KubeTarget target;
    KubeClient *client;
    const CancelToken **cancel; /* address of the token that ends requests; NULL: none */
    int64_t deadline_ms;        /* of requests, on the monotonic clock; 0: that of the client */
    StateLease **renewal; /* address of what renews the lock; NULL there: the lock is not held, or
                             does not expire */
    Str space;            /* the namespace */
    Str suffix;           /* secret_suffix */
    Str workspace;
    Value labels; /* additional labels, a map; or null */
    Str secret;   /* tfstate-WORKSPACE-SUFFIX */
    Str next;     /* loam-next-WORKSPACE-SUFFIX */
    Str lease;    /* lock-tfstate-WORKSPACE-SUFFIX */
    Str journal;  /* loam-journal-WORKSPACE-SUFFIX */
    Str plans;    /* loam-plan-WORKSPACE-SUFFIX */
} KubeStore;

/* Derives the names from namespace, suffix and workspace; returns false, with an error, if
 * Kubernetes would reject one. */
MUST_USE bool kube_store_name(KubeStore *store, Arena *arena, Diags *diags);

typedef VEC(Value) KubeObjects;
typedef enum KubeStoreKind { KUBE_SECRET, KUBE_LEASE } KubeStoreKind;

KubeOutcome kube_store_get(const KubeStore *store, KubeStoreKind kind, Str name, KubeResult *out,
                           Arena *arena);
/* Returns KUBE_CONFLICT if an object of that name exists. */
KubeOutcome kube_store_create(const KubeStore *store, KubeStoreKind kind, Value object,
                              KubeResult *out, Arena *arena);
/* Replaces the object; returns KUBE_CONFLICT if its stored version is newer than that of
 * `object`. */
KubeOutcome kube_store_update(const KubeStore *store, KubeStoreKind kind, Str name, Value object,
                              KubeResult *out, Arena *arena);
/* Succeeds if the object does not exist. */
KubeOutcome kube_store_delete(const KubeStore *store, KubeStoreKind kind, Str name, KubeResult *out,
                              Arena *arena);
/* Lists all secrets with such labels ("a=b,c=d") into `items`; follows the pages. */
KubeOutcome kube_store_list_secrets(const KubeStore *store, Str selector, KubeObjects *items,
                                    KubeResult *out, Arena *arena);
/* Lists only the names of such secrets. */
KubeOutcome kube_store_list_names(const KubeStore *store, Str selector, StrVec *names,
                                  KubeResult *out, Arena *arena);

/* The use of an object, which decides its labels. Other tools look for those of states. */
typedef enum KubeUse { KUBE_STATE, KUBE_NEXT, KUBE_JOURNAL, KUBE_PLAN } KubeUse;

/* Returns a new object without content. */
Value kube_store_new(const KubeStore *store, KubeStoreKind kind, Str name, KubeUse use,
                     Arena *arena);
/* Returns a selector of the labels of this workspace. */
Str kube_store_selector(const KubeStore *store, KubeUse use, Arena *arena);
/* Store bytes in `data` of a secret, and read them back; false: no such entry, or it is not
 * base64. */
Value kube_store_with_data(Value secret, const char *key, Str bytes, Arena *arena);
MUST_USE bool kube_store_data(Value secret, const char *key, Str *out, Arena *arena);

/* Stored plans as Secrets (kube_plans.c). `store` must live as long. */
NamedObjects *kube_plans_new(const KubeStore *store, Arena *arena);
