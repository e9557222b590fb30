/* kube_stream: one stream of the changes of a collection after a version. The caller decides how to
 * go on when it ends. */
#pragma once

#include "kube_call.h"

typedef enum KubeLine {
    KUBE_LINE_EVENT,
    KUBE_LINE_OTHER, /* no event: a part of the body of an error */
    KUBE_LINE_LAST,  /* end the stream after this event */
} KubeLine;

typedef struct KubeStreamRequest {
    KubeRef ref; /* without a name */
    Str label_selector;
    Str field_selector;
    bool only_metadata; /* objects have apiVersion, kind and metadata alone */
    Str version;        /* a resourceVersion; changes after it are sent */
    int64_t seconds;    /* its longest time */
    /* Called with each line, `{"type":"ADDED","object":{…}}`, which is valid until it returns. */
    KubeLine (*see)(void *payload, Str line);
    void *payload;
} KubeStreamRequest;

/* An event of a line; its texts are views of the line. */
typedef struct KubeStreamEvent {
    Str type;   /* "ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR" */
    Str object; /* JSON */
} KubeStreamEvent;

/* Returns false if the line is no event. */
MUST_USE bool kube_stream_event_read(Str line, KubeStreamEvent *out, Arena *arena);

/* Sends one request. response->transport and code say how the stream ended; status and problem are
 * those of an error of the server. */
void kube_stream_run(const KubeCall *call, const KubeStreamRequest *request, KubeResponse *response,
                     Diags *diags);
