/* Informer: a thread that keeps an ObjectStore like the API server. It lists the objects of a kind,
 * page by page, then follows their changes; after a gap that the server cannot fill it lists again,
 * so that the store misses nothing. So it does after a stream that broke: the server that responds
 * next may have an older etcd, whose versions do not continue those of the store. A kind that the
 * server does not have has no objects. A watch would need a right on definitions, so it is asked
 * for again, but only while it is needed. */
#pragma once

#include "kube_call.h"
#include "object_store.h"

#include <pthread.h>

typedef struct InformerOptions {
    KubeClient *client;
    const CancelToken *cancel; /* ends the thread */
    const KubeResource *resource;
    Str label_selector;
    ObjectStore *store;
    pthread_mutex_t *lock; /* held around each use of the store and each call of `changed` */
    /* An object was added, changed or removed; a removed one has a time of deletion. `meta` is
     * valid until it returns. */
    void (*changed)(void *payload, const KubeResource *resource, const ObjectMeta *meta);
    /* The store has all objects: for the first time, and again after each `broken`. Called without
     * the lock; NULL: nothing. */
    void (*synced)(void *payload, const KubeResource *resource);
    /* The store may differ from the server until the next `synced`. Called without the lock; NULL:
     * nothing. */
    void (*broken)(void *payload, const KubeResource *resource);
    /* Whether another object refers to the kind; called with the lock. NULL: always. */
    bool (*is_needed)(void *payload, const KubeResource *resource);
    void *payload;
    size_t page_size; /* 0: 500 */
} InformerOptions;

typedef struct Informer Informer;

/* `options` is copied; its texts and objects must outlive the informer. NULL: the system has no
 * more threads. */
Informer *informer_start(const InformerOptions *options);
/* Lists again, at the next event of the stream or its end; any thread may call it. The server has
 * an object that the store lacks, for instance because it was dropped. */
void informer_relist(Informer *informer);
/* How often a list had to be read again after the first. */
uint32_t informer_restarts(Informer *informer);
/* Waits for the thread, after the token was raised. NULL: does nothing. */
void informer_join(Informer *informer);
