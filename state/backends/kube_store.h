/* KubeStore: the objects that the kubernetes backend keeps of one workspace: what they are named,
 * how they are labelled, how they are asked for. */
#pragma once

#include "kube_client.h"

typedef struct KubeStore {
    KubeClient client;
    Str space;  /* the namespace */
    Str suffix; /* secret_suffix */
    Str workspace;
    Value labels; /* more of them, a map; or null */
    Str secret;   /* tfstate-WORKSPACE-SUFFIX */
    Str lease;    /* lock-tfstate-WORKSPACE-SUFFIX */
    Str journal;  /* loam-journal-WORKSPACE-SUFFIX */
} KubeStore;

/* Names from namespace, suffix and workspace; false: Kubernetes would not take them. */
MUST_USE bool kube_store_name(KubeStore *store, Arena *arena, Diags *diags);

typedef VEC(Value) KubeObjects;
typedef enum KubeKind { KUBE_SECRET, KUBE_LEASE } KubeKind;

KubeStatus kube_store_get(
    const KubeStore *store, KubeKind kind, Str name, KubeAnswer *out, Arena *arena);
/* KUBE_CONFLICT: there is one of that name. */
KubeStatus kube_store_create(
    const KubeStore *store, KubeKind kind, Value object, KubeAnswer *out, Arena *arena);
/* Writes it whole; KUBE_CONFLICT: it is not in the version any more that `object` names. */
KubeStatus kube_store_update(
    const KubeStore *store, KubeKind kind, Str name, Value object, KubeAnswer *out, Arena *arena);
/* Fine when it is not there. */
KubeStatus kube_store_delete(
    const KubeStore *store, KubeKind kind, Str name, KubeAnswer *out, Arena *arena);
/* All secrets with such labels ("a=b,c=d"), pages put together, into `items`. */
KubeStatus kube_store_list_secrets(
    const KubeStore *store, Str selector, KubeObjects *items, KubeAnswer *out, Arena *arena);

/* A new one, without content. `state`: with the labels of states, which the known tools look for;
 * else with those of the journal. */
Value kube_store_new(const KubeStore *store, KubeKind kind, Str name, bool state, Arena *arena);
/* The labels of this workspace's journal, as a selector. */
Str kube_store_journal_selector(const KubeStore *store, Arena *arena);
/* Bytes as they stand in `data` of a secret, and back; false: no such entry, or it is not base64.
 */
Value kube_store_with_data(Value secret, const char *key, Str bytes, Arena *arena);
MUST_USE bool kube_store_data(Value secret, const char *key, Str *out, Arena *arena);
