/* ObjectLookup: the kind and the object that a data source or an ephemeral resource reads.
 *
 * What does not exist yet (server, kind, namespace, object) defers a read during a plan; later it
 * is an error. A kind that is missing in a group of Kubernetes itself is always an error. */
#pragma once

#include "object_target.h"

typedef struct ObjectLookup {
    const Call *call;
    const char *action; /* summary of errors: "Kubernetes object not read" */
    ObjectKey key;
    Str *deferred; /* of the response; empty: the read goes on */
    Diags *diags;
    ObjectOptions options;
    ObjectRequest request;
    ObjectTarget target;
} ObjectLookup;

/* Finds server and kind; `call`, `action`, `key`, `deferred` and `diags` are set. Returns false if
 * an error was added. */
MUST_USE bool object_lookup_open(ObjectLookup *lookup);
/* Handles the response of a request that failed. Returns true if the read is deferred. */
MUST_USE bool object_lookup_fail(ObjectLookup *lookup, const KubeRef *ref,
                                 const KubeResponse *response);
