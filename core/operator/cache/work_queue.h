/* WorkQueue: the objects to look at. A key is in the queue once, and at most one worker has it; a
 * key that is added meanwhile comes again when that worker is done. Any thread may use it.
 *
 * Times are monotonic. A key that is due later waits in the queue; the earliest time counts. */
#pragma once

#include "clock.h"

typedef struct WorkKey {
    int kind; /* of the caller */
    Str namespace;
    Str name;
} WorkKey;

typedef struct WorkQueue WorkQueue;

/* The queue gives out no key before work_queue_begin. Keys of `first_kind` come before the others,
 * but seven in a row at most: of many objects that begin at once, the first ones go on while the
 * last ones wait. */
WorkQueue *work_queue_open(const Clock *clock, int first_kind);
void work_queue_begin(WorkQueue *queue);
/* No thread may use it any more. NULL: does nothing. */
void work_queue_close(WorkQueue *queue);

void work_queue_add(WorkQueue *queue, WorkKey key);
void work_queue_add_at(WorkQueue *queue, WorkKey key, int64_t due_ms);
/* Waits for a key, and gives it to the caller; its texts are in `arena`. Returns false after
 * work_queue_stop. */
MUST_USE bool work_queue_take(WorkQueue *queue, WorkKey *out, Arena *arena);
/* Gives the key back. After a failure it is due again in 1 s, doubled with each failure in
 * succession, at most 5 min; if it was added meanwhile, at once. */
void work_queue_done(WorkQueue *queue, WorkKey key, bool has_failed);
/* Wakes all workers; the queue gives out no more keys. */
void work_queue_stop(WorkQueue *queue);
/* The number of keys that are due. */
size_t work_queue_depth(WorkQueue *queue);
