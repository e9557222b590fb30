/* curl_pool: a list of idle multi handles. */
#include "curl_pool.h"

#include <pthread.h>

struct HttpPool {
    Arena *arena;
    pthread_mutex_t mutex;
    VEC(CURLM *) idle;
};

static void set_up_library(void) {
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

HttpPool *curl_pool_open(void) {
    Arena *arena = arena_open("http pool");
    HttpPool *pool = arena_new(arena, HttpPool);
    pool->arena = arena;
    pthread_mutex_init(&pool->mutex, NULL);
    return pool;
}

void curl_pool_close(HttpPool *pool) {
    vec_each(&pool->idle, multi) {
        curl_multi_cleanup(*multi);
    }
    pthread_mutex_destroy(&pool->mutex);
    arena_close(pool->arena);
}

static CURLM *take_idle(HttpPool *pool) {
    pthread_mutex_lock(&pool->mutex);
    CURLM *multi = pool->idle.count ? vec_pop(&pool->idle) : NULL;
    pthread_mutex_unlock(&pool->mutex);
    return multi;
}

CurlPoolEntry curl_pool_take(HttpPool *pool) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_up_library);
    CURLM *multi = pool ? take_idle(pool) : NULL;
    return (CurlPoolEntry){multi ? multi : curl_multi_init(), pool};
}

void curl_pool_entry_release(CurlPoolEntry *entry) {
    HttpPool *pool = entry->pool;
    if (!pool || !entry->multi) {
        curl_multi_cleanup(entry->multi);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    vec_push(pool->arena, &pool->idle, entry->multi);
    pthread_mutex_unlock(&pool->mutex);
}
