/* walk: visits a graph's nodes in parallel, dependencies first.
 *
 * A fixed pool of threads. A node is visited when all that it needs has ended; a node that failed
 * or was skipped skips its dependents, but for those that survive it; the rest goes on. After a
 * stop nothing new begins.
 *
 * A visit may hand its work back in pieces: it submits tasks (an instance each) and returns; the
 * node ends when its last task has ended, and failed if one of them did. Tasks may carry limits
 * (a key with a capacity): the walk queues them, and a queued task holds neither thread nor
 * parallelism. Visits of nodes are cheap by contract (expansion, evaluation); parallelism bounds
 * visits and tasks in execution together.
 *
 * At a stop, what has not begun is dropped: a node is skipped, a task never runs and its node
 * fails. Hooks are called from worker threads, several at a time; threads start when there is work.
 *
 * `worker` is 0 ≤ worker < workers, constant for the thread: the caller keeps an arena for each. */
#pragma once

#include "cancel.h"
#include "graph.h"

typedef struct Walk Walk;

typedef struct WalkLimit {
    Str key;           /* "libvirt_network/5b0c…" */
    uint32_t capacity; /* 1 or more; the smallest asked for a key counts */
} WalkLimit;

typedef struct WalkTask {
    /* False: failed. */
    bool (*run)(Walk *walk, void *payload, uint32_t worker);
    void *payload;
    const WalkLimit *limits; /* live until the task ends */
    size_t limit_count;
} WalkTask;

typedef struct WalkRequest {
    const Graph *graph;
    uint32_t workers; /* -parallelism */
    const CancelToken *cancel;
    /* NULL, or true when no further node or task may begin, as if the token were raised. */
    bool (*should_stop)(const void *context);
    /* False: failed, dependents are skipped. */
    bool (*visit)(Walk *walk, GraphNode node, void *payload, uint32_t worker, void *context);
    /* NULL: nobody does; else, can `user` be visited although `failed`, which it needs, was not
     * or did not end well? Called with the walk's lock held. */
    bool (*survives)(GraphNode user, GraphNode failed, void *context);
    /* NULL, or told of each node that will not be visited (failed dependency, or stop). */
    void (*skipped)(GraphNode node, void *payload, void *context);
    void *context;
} WalkRequest;

/* True when every node ended well. The graph must be finished and without cycle. */
bool walk_run(const WalkRequest *request);
/* From within a visit or task of `node`'s own: one more task of the node now being visited. */
void walk_submit(Walk *walk, GraphNode node, WalkTask task);
bool walk_is_stopping(const Walk *walk);
