/* KubeStatus: why an API server rejected a request, decoded from its Status object. A proxy, and
 * the server itself for an unknown API group, respond in plain text instead. */
#pragma once

#include "json.h"

typedef struct KubeCause {
    Str reason;  /* "FieldManagerConflict", "FieldValueInvalid" */
    Str field;   /* ".spec.replicas"; empty: none */
    Str message; /* `conflict with "hpa" using autoscaling/v2` */
} KubeCause;
typedef VEC(KubeCause) KubeCauses;

typedef struct KubeStatus {
    bool is_status; /* false: the body was plain text, and only code and message are set */
    int code;
    Str reason; /* "NotFound", "Invalid"; may be empty */
    Str message;
    Str group; /* details: the object that the error is about, not always the requested one */
    Str kind;  /* its kind, or the plural: "configmaps" */
    Str name;
    Str uid;
    int64_t retry_after_s; /* 0: none */
    KubeCauses causes;
} KubeStatus;

/* Decodes the body of a response with this code. Texts are views of `body`, or in `arena`. */
KubeStatus kube_status_read(int code, Str body, Arena *arena);
KubeStatus kube_status_clone(const KubeStatus *status, Arena *arena);
/* Returns the first cause with this reason, or NULL. */
const KubeCause *kube_status_find(const KubeStatus *status, const char *reason);
/* Returns whether an admission or conversion webhook cannot be called. */
bool kube_status_is_webhook_failure(const KubeStatus *status);
/* Returns the end of a sentence: "HTTP status 404 NotFound (pods "x" not found)". */
Str kube_status_text(const KubeStatus *status, Arena *arena);
