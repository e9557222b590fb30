/* rpc_pool: starts a thread when a job finds none idle; threads stay until the pool is closed. */
#include "rpc_pool.h"

#include "arena.h"
#include "clock.h"
#include "thread.h"

struct RpcPool {
    Arena *arena;
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t changed;
    RpcJob *first, **end; /* waiting jobs */
    size_t waiting;
    size_t idle;
    size_t running;
    bool is_closing;
    size_t thread_count;
    Thread *threads[RPC_POOL_THREADS];
};

static RpcJob *pool_take(RpcPool *pool) {
    RpcJob *job = pool->first;
    pool->first = job->next;
    if (!pool->first)
        pool->end = &pool->first;
    pool->waiting--;
    return job;
}

static void pool_work(void *payload) {
    RpcPool *pool = payload;
    pthread_mutex_lock(&pool->lock);
    while (!pool->is_closing) {
        if (!pool->first) {
            pool->idle++;
            pthread_cond_wait(&pool->changed, &pool->lock);
            pool->idle--;
            continue;
        }
        RpcJob *job = pool_take(pool);
        pool->running++;
        pthread_mutex_unlock(&pool->lock);
        job->run(job);
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
}

RpcPool *rpc_pool_open(void) {
    Arena *arena = arena_open("rpc pool");
    RpcPool *pool = arena_new(arena, RpcPool);
    pool->arena = arena;
    pool->end = &pool->first;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    return pool;
}

/* Starts a thread if more jobs wait than threads are idle. The caller holds the lock. */
static void pool_grow(RpcPool *pool) {
    if (pool->waiting <= pool->idle || pool->thread_count == RPC_POOL_THREADS)
        return;
    Thread *thread = thread_start(THREAD_SERVER, pool_work, pool);
    if (thread)
        pool->threads[pool->thread_count++] = thread;
}

bool rpc_pool_add(RpcPool *pool, RpcJob *job) {
    LOCKED(&pool->lock);
    job->next = NULL;
    *pool->end = job;
    pool->end = &job->next;
    pool->waiting++;
    pool_grow(pool);
    bool is_served = pool->thread_count > 0;
    if (!is_served)
        (void)pool_take(pool);
    pthread_cond_broadcast(&pool->changed);
    return is_served;
}

bool rpc_pool_wait(RpcPool *pool, int64_t timeout_ms) {
    int64_t deadline = clock_real.monotonic_ms(clock_real.self) + timeout_ms;
    int64_t left = timeout_ms;
    LOCKED(&pool->lock);
    while ((pool->running > 0 || pool->first) && left > 0) {
        thread_wait(&pool->changed, &pool->lock, left);
        left = deadline - clock_real.monotonic_ms(clock_real.self);
    }
    return pool->running == 0 && !pool->first;
}

bool rpc_pool_close(RpcPool *pool) {
    bool is_done = rpc_pool_wait(pool, 0);
    pthread_mutex_lock(&pool->lock);
    pool->is_closing = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++) {
        if (is_done)
            thread_join(pool->threads[i]);
        else
            thread_abandon(pool->threads[i]);
    }
    if (!is_done)
        return false;
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    arena_close(pool->arena);
    return true;
}
