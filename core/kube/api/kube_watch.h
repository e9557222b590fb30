/* kube_watch: follows an object, or a collection, until the caller has seen enough.
 *
 * It lists the objects, then watches from that version on. A stream that ends or breaks is
 * continued; one that the server cannot continue (410) begins with a list again, and the caller
 * sees only the objects that have changed meanwhile. Where the user may not watch, it lists again
 * every `poll_ms`. Where the user may not list, it gets a named object every `poll_ms`. */
#pragma once

#include "kube_list.h"

typedef enum KubeEventType {
    KUBE_EVENT_PRESENT, /* the object exists, and is new or changed */
    KUBE_EVENT_ABSENT,  /* it is deleted; the object of a name may also never have existed */
    KUBE_EVENT_LISTED,  /* all objects of a list have been reported, for a collection; `object` is
                           null */
} KubeEventType;

typedef struct KubeEvent {
    KubeEventType type;
    Str namespace;
    Str name;
    Value object; /* of ABSENT: the last version, or null if unknown. Lives until `see` returns */
} KubeEvent;

typedef struct KubeWatchRequest {
    KubeRef ref; /* with a name: this object; else the collection */
    Str label_selector;
    bool (*see)(void *payload, const KubeEvent *event); /* returns true to end the watch */
    void *payload;
    int64_t poll_ms;  /* 0: 2 s */
    int64_t round_s;  /* longest time of one stream; 0: 60 */
    size_t page_size; /* of lists; 0: 500 */
} KubeWatchRequest;

/* KUBE_DONE: `see` has ended the watch. Else the deadline of the call, by default ten minutes, has
 * passed (transport HTTP_TIMED_OUT, code 0), it was cancelled, or the server rejects the list. */
KubeOutcome kube_watch_run(const KubeCall *call, const KubeWatchRequest *request,
                           KubeResponse *response, Diags *diags);
