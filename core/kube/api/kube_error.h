/* kube_error: what a failed request means, and its diagnostic. */
#pragma once

#include "kube_call.h"

typedef enum KubeErrorClass {
    KUBE_ERROR_UNREACHABLE, /* no connection, or it broke */
    KUBE_ERROR_ADDRESS,     /* the response is not from a Kubernetes API server */
    KUBE_ERROR_CERTIFICATE, /* TLS: wrong authority or name, or our certificate is rejected */
    KUBE_ERROR_TIMEOUT,     /* the deadline has passed */
    KUBE_ERROR_CANCELLED,
    KUBE_ERROR_CREDENTIAL, /* 401, or no credential could be obtained */
    KUBE_ERROR_FORBIDDEN,
    KUBE_ERROR_TERMINATING, /* the namespace is being deleted */
    KUBE_ERROR_QUOTA,
    KUBE_ERROR_NAMESPACE,       /* the namespace does not exist */
    KUBE_ERROR_KIND,            /* the server does not serve the group, version or resource */
    KUBE_ERROR_ABSENT,          /* the object does not exist */
    KUBE_ERROR_OWNED,           /* other managers own fields; the causes name them */
    KUBE_ERROR_EXISTS,          /* an object of that name exists already */
    KUBE_ERROR_CHANGED,         /* another version, or another object of that name */
    KUBE_ERROR_SCHEMA,          /* a field is unknown, has the wrong type, or repeats a list key */
    KUBE_ERROR_IMMUTABLE,       /* the field cannot change: the object must be replaced */
    KUBE_ERROR_INVALID,         /* rejected by validation */
    KUBE_ERROR_WEBHOOK,         /* a webhook cannot be called */
    KUBE_ERROR_WEBHOOK_DRY_RUN, /* a webhook does not support dry runs */
    KUBE_ERROR_DENIED,          /* rejected by an admission webhook or policy */
    KUBE_ERROR_TOO_LARGE,
    KUBE_ERROR_GONE, /* 410 */
    KUBE_ERROR_OTHER,
} KubeErrorClass;

/* Classifies a response that is not KUBE_DONE. `ref` is NULL if the request was about the server
 * itself. */
KubeErrorClass kube_error_class(const KubeRef *ref, const KubeResponse *response);

/* A field that an error is about. */
typedef struct KubeFieldError {
    Str path; /* ".spec.replicas"; empty: the whole object */
    Str message;
    Str manager; /* of KUBE_ERROR_OWNED: the owner, `"hpa" with subresource "scale"` */
} KubeFieldError;
typedef VEC(KubeFieldError) KubeFieldErrors;

/* Returns the fields in the text of a schema error, then those that the causes of the Status
 * name. */
KubeFieldErrors kube_error_fields(const KubeResponse *response, Arena *arena);
/* Adds an error that begins with the object, or with the server if `ref` is NULL; returns false.
 * `action` is the failure ("Kubernetes object not applied"). A schema, validation, immutability or
 * ownership error with fields gives one error for each field instead, with the field as its
 * path. */
bool kube_error_report(const KubeCall *call, const char *action, const KubeRef *ref,
                       const KubeResponse *response, Diags *diags);
