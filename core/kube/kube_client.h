/* KubeClient: requests to an API server and its answers, both JSON. Any thread. */
#pragma once

#include "json.h"
#include "kube_login.h"

typedef struct KubeClient {
    const Io *io;
    KubeTarget target;
    KubeLogin *login; /* to that target */
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
    bool is_gone; /* failed with 410: the list that is asked on for is too old */
} KubeAnswer;

/* `path` with its query: "/api/v1/namespaces/x/secrets?limit=10". `body` empty: none. */
KubeStatus kube_client_send(const KubeClient *client,
                            const char *method,
                            Str path,
                            Str body,
                            KubeAnswer *out,
                            Arena *arena);
