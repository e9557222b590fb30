/* KubeLimit: at most `rate` requests a second on average, for all threads of a client. After a
 * pause, up to `burst` requests start at once. Thread-safe. */
#pragma once

#include "attr.h"

#include <pthread.h>

typedef struct KubeLimit {
    pthread_mutex_t mutex;
    uint32_t rate; /* requests per second; 0: no limit */
    uint32_t burst;
    int64_t next_us; /* when the next request may start without a burst; monotonic */
} KubeLimit;

void kube_limit_init(KubeLimit *limit, uint32_t rate, uint32_t burst);
void kube_limit_release(KubeLimit *limit);
/* Reserves the start of one request at `now_ms` or later; returns the milliseconds from then on. */
int64_t kube_limit_reserve(KubeLimit *limit, int64_t now_ms);
