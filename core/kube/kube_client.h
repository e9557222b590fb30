/* KubeClient: sends requests to an API server; bodies are JSON. Any thread may use a client. */
#pragma once

#include "json.h"
#include "kube_login.h"

typedef struct KubeClient {
    const Io *io;
    KubeTarget target;
    KubeLogin *login; /* credentials for the target */
    uint32_t retries;
    const CancelToken **cancel; /* address of the token that ends requests; NULL: none */
} KubeClient;

typedef enum KubeStatus {
    KUBE_DONE,
    KUBE_ABSENT,   /* 404 for an object */
    KUBE_CONFLICT, /* 409: the object exists already, or its version differs from the sent one */
    KUBE_FAILED,   /* see `problem` */
} KubeStatus;

typedef struct KubeAnswer {
    Value object; /* if KUBE_DONE; null without a body */
    Str problem;  /* otherwise; the end of a sentence */
    bool is_gone; /* status 410: the continue token of a list has expired */
} KubeAnswer;

/* Sends one request. `path` includes the query: "/api/v1/namespaces/x/secrets?limit=10". `body`
 * empty: none. */
KubeStatus kube_client_send(const KubeClient *client,
                            const char *method,
                            Str path,
                            Str body,
                            KubeAnswer *out,
                            Arena *arena);
