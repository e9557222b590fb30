/* Each thread has an arena for results, which joins the arena of the call at the end, and a scratch
 * arena, which is reset after each index. */
#include "call_pool.h"

#include "thread.h"

#define THREADS_MAX 8

typedef struct Pool {
    const Call *call;
    size_t count;
    size_t next; /* guarded by `mutex` */
    CallWork work;
    void *payload;
    Diags *found; /* one for each index */
    pthread_mutex_t mutex;
} Pool;

typedef struct Worker {
    Pool *pool;
    Arena *keep;
    Thread *thread;
} Worker;

static bool pool_claim(Pool *pool, size_t *index) {
    LOCKED(&pool->mutex);
    *index = pool->next;
    bool has_more = pool->next < pool->count;
    pool->next += has_more;
    return has_more;
}

static void pool_run_worker(void *payload) {
    const Worker *worker = payload;
    Pool *pool = worker->pool;
    Call call = *pool->call;
    size_t index;
    SCOPED(ArenaRef) scratch = arena_open("object");
    call.arena = scratch;
    while (pool_claim(pool, &index)) {
        pool->found[index] = diags_new(worker->keep);
        pool->work(pool->payload, index, &call, worker->keep, &pool->found[index]);
        arena_reset(scratch);
    }
}

void call_pool_run(const Call *call, size_t count, CallWork work, void *payload, Diags *diags) {
    Worker workers[THREADS_MAX];
    size_t worker_count = count < THREADS_MAX ? count : THREADS_MAX;
    Pool pool = {.call = call, .count = count, .work = work, .payload = payload};
    pool.found = arena_new_array(call->arena, Diags, count);
    pthread_mutex_init(&pool.mutex, NULL);
    for (size_t i = 0; i < worker_count; i++) {
        workers[i] = (Worker){.pool = &pool, .keep = arena_open("objects")};
        /* The last one works in this thread. */
        if (i + 1 < worker_count)
            workers[i].thread = thread_start(THREAD_PARTS, pool_run_worker, &workers[i]);
        else
            pool_run_worker(&workers[i]);
    }
    for (size_t i = 0; i < worker_count; i++) {
        if (workers[i].thread)
            thread_join(workers[i].thread);
    }
    for (size_t i = 0; i < count; i++)
        diags_append(diags, &pool.found[i]);
    for (size_t i = 0; i < worker_count; i++)
        arena_join(call->arena, workers[i].keep);
    pthread_mutex_destroy(&pool.mutex);
}
