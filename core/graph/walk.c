/* Runs a walk: one queue of ready jobs, one mutex for all counters, and worker threads.
 *
 * A task whose limits are exhausted waits in the queue of one full key. The task that releases this
 * key admits it. A waiting task holds no key, so keys cannot deadlock. */
#include "walk.h"

#include "map.h"
#include "thread.h"

#include <pthread.h>

/* A key of limits with its current use. */
typedef struct WalkKey {
    uint32_t capacity;
    uint32_t taken;
    struct WalkJob *first; /* tasks that wait for this key */
    struct WalkJob *last;
} WalkKey;

/* The visit of a node, or one of its tasks. */
typedef struct WalkJob {
    struct WalkJob *next;
    GraphNode node;
    WalkTask task;  /* its `run` is NULL if the job is the visit of `node` */
    bool has_begun; /* it is the second part of a task */
    WalkKey **keys;
} WalkJob;

typedef struct WalkState {
    uint32_t pending; /* dependencies that have not ended */
    uint32_t open;    /* visit and tasks that have not ended */
    bool failed;
    bool doomed; /* a dependency failed or was skipped, and `survives` did not allow it */
    WalkJob visit;
} WalkState;

struct Walk {
    const WalkRequest *request;
    Arena *arena;
    pthread_mutex_t mutex;  /* guards all fields below */
    pthread_cond_t changed; /* wakes workers */
    pthread_cond_t ended;   /* wakes walk_run */
    WalkState *states;
    Map keys;
    WalkJob *first; /* ready jobs, in order */
    WalkJob *last;
    size_t queued;
    WalkJob *yielded_first; /* second parts of tasks, in order */
    WalkJob *yielded_last;
    size_t yielded;
    size_t idle;    /* threads that wait for a job */
    size_t running; /* jobs that workers execute now */
    size_t left;    /* nodes that have not ended */
    bool failed;
    bool is_alone; /* no thread could be started, so the one of walk_run is worker 0 */
    VEC(Thread *) threads;
};

typedef struct WalkWorker {
    Walk *walk;
    uint32_t number;
} WalkWorker;

static void walk_run_worker(void *payload);

/* Fewer threads than requested are fine; without any, the thread of walk_run does the work. */
static void walk_start_worker(Walk *walk) {
    WalkWorker *worker = arena_new(walk->arena, WalkWorker);
    *worker = (WalkWorker){walk, (uint32_t)(walk->threads.count + walk->is_alone)};
    Thread *thread = thread_start(THREAD_WALK_WORKER, walk_run_worker, worker);
    if (thread)
        vec_push(walk->arena, &walk->threads, thread);
}

/* Counts a queued job. Starts a thread if all are busy, up to the requested number. */
static void count_queued(Walk *walk) {
    walk->queued++;
    if (walk->queued > walk->idle &&
        walk->threads.count + walk->is_alone < walk->request->workers) {
        walk_start_worker(walk);
    } else if (walk->idle) {
        pthread_cond_signal(&walk->changed);
    }
}

/* Queues a ready job. */
static void walk_enqueue(Walk *walk, WalkJob *job) {
    job->next = NULL;
    if (walk->first) {
        walk->last->next = job;
    } else {
        walk->first = job;
    }
    walk->last = job;
    count_queued(walk);
}

/* Queues the second parts of tasks before all other jobs. */
static void enqueue_yielded(Walk *walk) {
    size_t count = walk->yielded;
    walk->yielded_last->next = walk->first;
    if (!walk->first)
        walk->last = walk->yielded_last;
    walk->first = walk->yielded_first;
    walk->yielded_first = walk->yielded_last = NULL;
    walk->yielded = 0;
    for (size_t i = 0; i < count; i++)
        count_queued(walk);
}

static WalkJob *dequeue(Walk *walk) {
    if (walk->yielded && !walk->first->task.is_brief && !walk->first->has_begun)
        enqueue_yielded(walk);
    WalkJob *job = walk->first;
    walk->first = job->next;
    walk->queued--;
    return job;
}

static WalkKey *find_full_key(const WalkJob *job) {
    for (size_t i = 0; i < job->task.limit_count; i++) {
        if (job->keys[i]->taken >= job->keys[i]->capacity)
            return job->keys[i];
    }
    return NULL;
}

/* Acquires the keys of the job and queues it; if a key is full, queues the job there. */
static void admit(Walk *walk, WalkJob *job) {
    WalkKey *full = find_full_key(job);
    if (!full) {
        for (size_t i = 0; i < job->task.limit_count; i++)
            job->keys[i]->taken++;
        walk_enqueue(walk, job);
        return;
    }
    job->next = NULL;
    if (full->first) {
        full->last->next = job;
    } else {
        full->first = job;
    }
    full->last = job;
}

static void give_back_keys(Walk *walk, const WalkJob *job) {
    for (size_t i = 0; i < job->task.limit_count; i++)
        job->keys[i]->taken--;
    for (size_t i = 0; i < job->task.limit_count; i++) {
        WalkKey *key = job->keys[i];
        while (key->first && key->taken < key->capacity) {
            WalkJob *waiting = key->first;
            key->first = waiting->next;
            admit(walk, waiting);
        }
    }
}

static WalkKey *key_for(Walk *walk, const WalkLimit *limit) {
    CHECK(limit->capacity > 0);
    WalkKey *key = map_find(&walk->keys, limit->key);
    if (!key) {
        key = arena_new(walk->arena, WalkKey);
        key->capacity = limit->capacity;
        map_set(&walk->keys, str_clone(limit->key, walk->arena), key);
    }
    if (limit->capacity < key->capacity)
        key->capacity = limit->capacity;
    return key;
}

static bool walk_survives(const Walk *walk, GraphNode user, GraphNode failed) {
    const WalkRequest *request = walk->request;
    return request->survives && request->survives(user, failed, request->context);
}

/* Reports the end of `node` to its dependents. Queues those without another open dependency. If one
 * of their dependencies failed and they do not survive that, adds them to `skipped` instead. */
static void release_users(Walk *walk, GraphNode node, GraphNodes *skipped) {
    const Graph *graph = walk->request->graph;
    for (uint32_t i = graph->user_start[node]; i < graph->user_start[node + 1]; i++) {
        WalkState *user = &walk->states[graph->user[i]];
        user->doomed |= walk->states[node].failed && !walk_survives(walk, graph->user[i], node);
        if (--user->pending)
            continue;
        if (user->doomed) {
            vec_push(walk->arena, skipped, graph->user[i]);
        } else {
            walk_enqueue(walk, &user->visit);
        }
    }
}

/* Marks the node as failed. Releases the lock while the callback runs. */
static void skip_node(Walk *walk, GraphNode node) {
    walk->states[node].failed = true;
    if (!walk->request->skipped)
        return;
    pthread_mutex_unlock(&walk->mutex);
    void *payload = walk->request->graph->payloads.items[node];
    walk->request->skipped(node, payload, walk->request->context);
    pthread_mutex_lock(&walk->mutex);
}

/* Ends `node` and all nodes that can no longer be visited; in a loop, because chains may be
 * long. */
static void end_node(Walk *walk, GraphNode node) {
    GraphNodes skipped = {0};
    walk->failed |= walk->states[node].failed;
    release_users(walk, node, &skipped);
    walk->left--;
    for (size_t i = 0; i < skipped.count; i++) {
        skip_node(walk, skipped.items[i]);
        release_users(walk, skipped.items[i], &skipped);
        walk->left--;
    }
    if (walk->left)
        return;
    pthread_cond_broadcast(&walk->changed);
    pthread_cond_signal(&walk->ended);
}

/* Called without the lock. Returns false if the job failed or the walk stopped before it. */
static bool walk_run_job(Walk *walk, const WalkJob *job, uint32_t worker) {
    const WalkRequest *request = walk->request;
    void *payload = request->graph->payloads.items[job->node];
    bool late = !job->has_begun && walk_is_stopping(walk);
    if (job->task.run)
        return !late && job->task.run(walk, job->task.payload, worker);
    if (!late)
        return request->visit(walk, job->node, payload, worker, request->context);
    if (request->skipped)
        request->skipped(job->node, payload, request->context);
    return false;
}

static void run_next(Walk *walk, uint32_t worker) {
    WalkJob *job = dequeue(walk);
    WalkState *state = &walk->states[job->node];
    walk->running++;
    pthread_mutex_unlock(&walk->mutex);
    bool good = walk_run_job(walk, job, worker);
    pthread_mutex_lock(&walk->mutex);
    state->failed |= !good;
    give_back_keys(walk, job);
    if (--state->open == 0)
        end_node(walk, job->node);
    walk->running--;
}

static void walk_run_worker(void *payload) {
    const WalkWorker *worker = payload;
    Walk *walk = worker->walk;
    LOCKED(&walk->mutex);
    while (walk->left) {
        if (walk->yielded && !walk->queued)
            enqueue_yielded(walk);
        if (walk->queued) {
            run_next(walk, worker->number);
            continue;
        }
        CHECK(walk->running); /* with no job ready or running, the nodes left would be a cycle */
        walk->idle++;
        pthread_cond_wait(&walk->changed, &walk->mutex);
        walk->idle--;
    }
}

static void walk_prepare(Walk *walk) {
    const Graph *graph = walk->request->graph;
    walk->left = graph->payloads.count;
    walk->states = arena_new_array(walk->arena, WalkState, walk->left);
    for (GraphNode node = 0; node < graph->payloads.count; node++) {
        WalkState *state = &walk->states[node];
        state->pending = graph->need_start[node + 1] - graph->need_start[node];
        state->open = 1;
        state->visit.node = node;
    }
}

/* Queues the nodes without dependencies, then waits until all nodes have ended. One lock covers the
 * queueing, because workers start meanwhile. */
static void graph_walk_begin(Walk *walk) {
    const Graph *graph = walk->request->graph;
    pthread_mutex_lock(&walk->mutex);
    for (GraphNode node = 0; node < graph->payloads.count; node++) {
        bool ready = graph->need_start[node + 1] == graph->need_start[node];
        if (ready)
            walk_enqueue(walk, &walk->states[node].visit);
    }
    CHECK(walk->queued || !walk->left);
    walk->is_alone = walk->threads.count == 0;
    while (!walk->is_alone && walk->left)
        pthread_cond_wait(&walk->ended, &walk->mutex);
    pthread_mutex_unlock(&walk->mutex);
    if (walk->is_alone)
        walk_run_worker(&(WalkWorker){walk, 0});
}

bool walk_run(const WalkRequest *request) {
    CHECK(request->graph->finished && request->workers > 0);
    SCOPED(ArenaRef) arena = arena_open("walk");
    Walk walk = {.request = request, .arena = arena, .keys = map_new(arena)};
    pthread_mutex_init(&walk.mutex, NULL);
    pthread_cond_init(&walk.changed, NULL);
    pthread_cond_init(&walk.ended, NULL);
    walk_prepare(&walk);
    graph_walk_begin(&walk);
    vec_each(&walk.threads, thread)
        thread_join(*thread);
    pthread_cond_destroy(&walk.ended);
    pthread_cond_destroy(&walk.changed);
    pthread_mutex_destroy(&walk.mutex);
    return !walk.failed;
}

void walk_submit(Walk *walk, GraphNode node, WalkTask task) {
    CHECK(task.run);
    LOCKED(&walk->mutex);
    CHECK(walk->states[node].open); /* a node submits tasks only before it ends */
    WalkJob *job = arena_new(walk->arena, WalkJob);
    *job = (WalkJob){.node = node, .task = task};
    job->keys = arena_new_array(walk->arena, WalkKey *, task.limit_count);
    for (size_t i = 0; i < task.limit_count; i++)
        job->keys[i] = key_for(walk, &task.limits[i]);
    walk->states[node].open++;
    admit(walk, job);
}

void walk_yield(Walk *walk, GraphNode node, WalkTask task) {
    CHECK(task.run && !task.limit_count);
    LOCKED(&walk->mutex);
    CHECK(walk->states[node].open);
    WalkJob *job = arena_new(walk->arena, WalkJob);
    *job = (WalkJob){.node = node, .task = task, .has_begun = true};
    if (walk->yielded_last) {
        walk->yielded_last->next = job;
    } else {
        walk->yielded_first = job;
    }
    walk->yielded_last = job;
    walk->states[node].open++;
    if (++walk->yielded == WALK_YIELDED_MAX)
        enqueue_yielded(walk);
}

bool walk_is_stopping(const Walk *walk) {
    const WalkRequest *request = walk->request;
    return cancel_level(request->cancel) != CANCEL_NONE ||
           (request->should_stop && request->should_stop(request->context));
}
