/* KubeClient: sends requests to one API server, over connections that stay open. Any thread may use
 * it; threads that send at the same time use different connections.
 *
 *   retries    429, 503 and 504, and a 500 that reports a timeout of the server. After a broken
 *              connection or an error of a proxy only a repeatable request. An unreachable server
 *              for a short time. TLS errors never. The wait grows from 0.5 s to 15 s; a longer
 *              Retry-After applies.
 *
 *   deadline   Ends attempts and waits. A wait that would pass it is not begun: the last failure
 *              is the result.
 *
 *   cancel     Ends attempts and waits at once.
 *
 *   401        A credential from a file or a plugin is requested again, once. */
#pragma once

#include "kube_login.h"
#include "kube_status.h"

typedef struct KubeClientOptions {
    uint32_t attempts_max;   /* 0: as many as the deadline allows */
    int64_t timeout_ms;      /* of requests without a deadline; 0: 60 s */
    int64_t connect_wait_ms; /* how long an unreachable server is tried; 0: 5 s */
    uint32_t rate;           /* requests per second; 0: no limit. Servers have their own limits
                                and respond with 429, which is retried */
    uint32_t burst;          /* requests that may start at once; 0: 100. Only with `rate` */
} KubeClientOptions;

typedef struct KubeClient KubeClient;

typedef struct KubeRequest {
    const char *method;
    Str path;               /* with its query: "/api/v1/namespaces/x/secrets?limit=10" */
    Str body;               /* empty: none */
    Str content_type;       /* of the body; empty: application/json */
    Str accept;             /* empty: application/json */
    bool is_repeatable;     /* sending it twice has the effect of sending it once; GET always is */
    uint32_t attempts_max;  /* 0: see KubeClientOptions */
    bool waits_for_webhook; /* retry while a webhook cannot be called */
    const HttpSink *sink;   /* receives the body as it arrives, also of an error; the request is
                               not retried, except once with a new credential after a 401, and may be
                               silent until the deadline. NULL: see KubeResponse */
    int64_t deadline_ms;    /* on the monotonic clock; 0: see KubeClientOptions */
    const CancelToken *cancel;
    CancelLevel cancel_at; /* as in HttpRequest */
} KubeRequest;

typedef enum KubeOutcome {
    KUBE_DONE,
    KUBE_ABSENT,   /* 404 with a Status object */
    KUBE_CONFLICT, /* 409: the object exists already, has another version, or another manager owns
                      a field */
    KUBE_FAILED,
} KubeOutcome;

typedef struct KubeResponse {
    KubeOutcome outcome;
    HttpStatus transport;
    int code; /* 0: no response arrived */
    Str content_type;
    Str body;
    KubeStatus status; /* unless KUBE_DONE, if a response arrived */
    Str problem;       /* unless KUBE_DONE: the end of a sentence */
    StrVec warnings;   /* of the server, without those of earlier responses */
    Str manager;       /* field manager of an apply; empty for other requests */
    uint32_t attempts; /* if more than one, an earlier attempt may have taken effect too */
} KubeResponse;

/* `io`, `target` and its texts must outlive the client. Sends nothing. `options` NULL: the
 * defaults. */
KubeClient *kube_client_open(const Io *io, const KubeTarget *target,
                             const KubeClientOptions *options);
/* Closes the connections; no request may be in progress. NULL: does nothing. */
void kube_client_close(KubeClient *client);
const Io *kube_client_io(const KubeClient *client);
const KubeTarget *kube_client_target(const KubeClient *client);

KubeOutcome kube_client_send(KubeClient *client, const KubeRequest *request, KubeResponse *out,
                             Arena *arena);
/* Decodes the body of a KUBE_DONE. A body that is no JSON object changes the outcome to KUBE_FAILED
 * and returns false. */
MUST_USE bool kube_client_decode(KubeResponse *response, Value *out, Arena *arena);

/* Copies the response and its texts into `arena`, without the body. */
KubeResponse kube_client_copy_response(const KubeResponse *response, Arena *arena);

typedef KubeClient *KubeClientRef;
static inline void kube_client_ref_release(KubeClientRef *client) {
    kube_client_close(*client);
}
SCOPED_TYPE(KubeClientRef, kube_client_ref_release);
