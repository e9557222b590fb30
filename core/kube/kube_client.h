/* KubeClient: requests to an API server and its answers, both JSON. Any thread. */
#pragma once

#include "json.h"
#include "kubeconfig.h"

typedef struct KubeClient {
    const Io *io;
    KubeTarget target;
    uint32_t retries;
    const CancelToken **cancel; /* where the token stands that ends requests; NULL: none */
} KubeClient;

typedef enum KubeStatus {
    KUBE_DONE,
    KUBE_ABSENT,   /* 404 of an object */
    KUBE_CONFLICT, /* 409: it exists already, or has another version than the one that was sent */
    KUBE_FAILED,   /* see problem */
} KubeStatus;

typedef struct KubeAnswer {
    Value object; /* when done; null without a body */
    Str problem;  /* else: a sentence's end */
} KubeAnswer;

/* `path` with its query: "/api/v1/namespaces/x/secrets?limit=10". `body` empty: none. */
KubeStatus kube_client_send(const KubeClient *client,
                            const char *method,
                            Str path,
                            Str body,
                            KubeAnswer *out,
                            Arena *arena);

/* A member of a member …; "metadata.labels.tfstate"; false when one of them is not there. Dots in
 * names do not matter to `last`, which stands alone. */
MUST_USE bool kube_client_find(Value object, const char *path, const char *last, Value *out);
/* A text there; empty when there is none. */
Str kube_client_text(Value object, const char *path, const char *last);
/* The object with that member, which may be new or null (taken out). */
Value kube_client_with(Value object, const char *path, const char *last, Value value, Arena *arena);
