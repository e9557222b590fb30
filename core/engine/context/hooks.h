/* hooks: progress events of a walk, for the user interface. Several threads send them, so a
 * listener must lock its own data. The texts of an event are valid during the call only. */
#pragma once

#include "change.h"
#include "listing.h"

typedef enum WalkEventKind {
    EVENT_REFRESH_START,    /* a read of a managed object or of a data source */
    EVENT_REFRESH_PROGRESS, /* `text` and `done` of `total`, as in EVENT_APPLY_PROGRESS */
    EVENT_REFRESH_END,      /* not sent if the read failed */
    EVENT_APPLY_START,
    EVENT_APPLY_PROGRESS, /* `text` "uploading", `done` 3 of `total` 10; total 0: unknown */
    EVENT_APPLY_END,      /* not sent if the read of a data source failed */
    EVENT_PROVISION_START,
    EVENT_PROVISION_OUTPUT, /* `text`: one line without control characters */
    EVENT_PROVISION_END,
    EVENT_OPERATION_START, /* on an ephemeral object, or of `loam gitops` */
    EVENT_OPERATION_END,
    EVENT_INVOKE_START,    /* of an action; `invocation` is set */
    EVENT_INVOKE_PROGRESS, /* `text`: a message of the provider */
    EVENT_INVOKE_END,      /* `text`: the error, if it failed */
    EVENT_LIST_START,      /* of a query; `listing` is set, without entries */
    EVENT_LIST_FOUND,      /* the last entry of `listing` is new */
    EVENT_LIST_END,        /* not sent if the list failed */
    EVENT_CALL_START,      /* of a provider, in a plan or an apply; `operation` is its name */
    EVENT_CALL_END,
    EVENT_INSTANCE_END, /* the task of an instance has ended, in a plan or an apply; `action` is the
                           planned one */
    EVENT_APPLY_TOTAL,  /* `total` operations follow; sent before the first; has no resource */
} WalkEventKind;

typedef struct WalkEvent {
    WalkEventKind kind;
    Action action;
    Str address;  /* resource instance, as text */
    Str provider; /* its address; empty unless the event is about a resource instance */
    ResourceAddr resource;
    Str deposed;
    Str id;                /* "id" or "name" of the object, or empty */
    Str provisioner;       /* "local-exec"; empty unless the kind is EVENT_PROVISION_… */
    const char *operation; /* "open", "renew", "close", "reconcile", "invoke", "search"; NULL unless
                              EVENT_OPERATION_…, EVENT_INVOKE_…, EVENT_LIST_… or EVENT_CALL_… */
    Str text;
    uint64_t done, total;
    int64_t elapsed_ms; /* EVENT_…_END: since the task of the instance or the operation began */
    const ActionInvocation *invocation; /* NULL unless EVENT_INVOKE_… */
    const Listing *listing;             /* NULL unless EVENT_LIST_… */
    bool failed;                        /* EVENT_…_END */
    const char *error_type; /* EVENT_CALL_END, EVENT_PROVISION_END that failed: see error_type.h */
    bool is_deferred;       /* EVENT_REFRESH_END of a plan: the read is deferred to the apply */
    bool is_waiting;        /* same: to a later plan */
    bool is_import;         /* EVENT_REFRESH_START: an import block imports the object */
    uint8_t hidden; /* EVENT_PROVISION_OUTPUT: the marks for which `text` replaces the output */
} WalkEvent;

typedef struct Hooks {
    void *self;
    void (*event)(void *self, const WalkEvent *event);
} Hooks;

/* `hooks` may be NULL: no listener. */
void hooks_send(const Hooks *hooks, const WalkEvent *event);
