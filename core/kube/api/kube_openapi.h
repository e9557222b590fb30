/* KubeOpenapi: the OpenAPI v3 documents of a server, one for each group version. The index and the
 * documents that lookups need are read once; the index contains the hash of each document.
 * Thread-safe; a lookup waits while another thread reads. */
#pragma once

#include "kube_call.h"
#include "kube_schema.h"

typedef struct KubeOpenapi KubeOpenapi;

KubeOpenapi *kube_openapi_open(void);
void kube_openapi_close(KubeOpenapi *openapi); /* NULL: does nothing */

/* Finds the schema of a kind ("apps/v1", "Deployment"), which lives as long as the KubeOpenapi.
 * Returns false if the server has no schema of the kind, or the user may not read it; adds no
 * error. */
MUST_USE bool kube_openapi_find(KubeOpenapi *openapi, const KubeCall *call, Str api_version,
                                Str kind, KubeSchema *out);

typedef KubeOpenapi *KubeOpenapiRef;
static inline void kube_openapi_ref_release(KubeOpenapiRef *openapi) {
    kube_openapi_close(*openapi);
}
SCOPED_TYPE(KubeOpenapiRef, kube_openapi_ref_release);
