/* walk: visits the nodes of a graph in parallel, dependencies first, with at most `workers`
 * threads.
 *
 * A node is visited after all its dependencies have ended. If a node fails or is skipped, its
 * dependents are skipped, except those that `survives` allows; all other nodes continue.
 *
 * A visit may submit tasks (one per instance) and return. The node ends with its last task, and
 * fails if the visit or a task failed. A task may have limits (a key with a capacity). The walk
 * queues a task whose key is full; a queued task uses no thread and does not count for parallelism.
 * Visits must be cheap (expansion, evaluation). Parallelism bounds the sum of running visits and
 * tasks.
 *
 * A task may end in two parts, so that tasks share expensive work, such as a sync: the first part
 * calls walk_yield for the second one. First parts of other tasks then precede the second parts.
 *
 * At a stop, pending work is dropped: a node is skipped; a task is not run and its node fails. The
 * second part of a task runs nevertheless.
 * Worker threads call the callbacks, several at a time. Threads start when there is work.
 *
 * `worker` is 0 ≤ worker < workers and constant per thread, so that the caller can keep one arena
 * for each worker. */
#pragma once

#include "cancel.h"
#include "graph.h"

typedef struct Walk Walk;

#define WALK_YIELDED_MAX 32 /* bounds the memory of tasks that yielded */

typedef struct WalkLimit {
    Str key;           /* what the tasks share, such as a provider and one of its hosts */
    uint32_t capacity; /* 1 or more; the smallest capacity of a key applies */
} WalkLimit;

typedef struct WalkTask {
    /* Returns false if the task failed. */
    bool (*run)(Walk *walk, void *payload, uint32_t worker);
    void *payload;
    const WalkLimit *limits; /* copied by walk_submit */
    size_t limit_count;
    bool is_brief; /* it calls walk_yield soon; tasks that yielded wait for it */
} WalkTask;

typedef struct WalkRequest {
    const Graph *graph;
    uint32_t workers; /* maximum number of threads, 1 or more */
    const CancelToken *cancel;
    /* Returns true to stop the walk, like a raised token; NULL: never. */
    bool (*should_stop)(const void *context);
    /* Visits one node; returns false if it failed. */
    bool (*visit)(Walk *walk, GraphNode node, void *payload, uint32_t worker, void *context);
    /* Returns true if `user` may be visited although its dependency `failed` failed or was skipped;
     * NULL: never. Called with the walk's lock held, so it must not call walk_submit. */
    bool (*survives)(GraphNode user, GraphNode failed, void *context);
    /* Called for each node that is skipped (failed dependency, or stop); may be NULL. */
    void (*skipped)(GraphNode node, void *payload, void *context);
    void *context;
} WalkRequest;

/* Returns true if every node succeeded. The graph must be finished and have no cycle. */
bool walk_run(const WalkRequest *request);
/* Adds a task to `node`. Only a visit or a task of the same node may call it. */
void walk_submit(Walk *walk, GraphNode node, WalkTask task);
/* Adds the second part of a task, without limits. It is queued before all other jobs as soon as the
 * next job is neither brief nor a second part, or WALK_YIELDED_MAX tasks have yielded. Only a task
 * of the same node may call it. */
void walk_yield(Walk *walk, GraphNode node, WalkTask task);
bool walk_is_stopping(const Walk *walk);
