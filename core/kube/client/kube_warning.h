/* KubeWarnings: warnings of the API server (header Warning, code 299), each text once for a client:
 * "apps/v1beta1 Deployment is deprecated". Thread-safe. */
#pragma once

#include "http.h"
#include "map.h"

#include <pthread.h>

typedef struct KubeWarnings {
    pthread_mutex_t mutex;
    Map seen;
    Arena *arena;
} KubeWarnings;

void kube_warning_init(KubeWarnings *warnings);
void kube_warning_release(KubeWarnings *warnings);
/* Adds the texts of these headers to `out`, without those that an earlier call has added. */
void kube_warning_collect(KubeWarnings *warnings, const HttpHeaders *headers, StrVec *out,
                          Arena *arena);
