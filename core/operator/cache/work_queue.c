#include "work_queue.h"

#include "thread.h"
#include "vec.h"

#define FAILED_MIN_MS 1000
#define FAILED_MAX_MS ((int64_t)5 * 60 * 1000)
#define NEVER         INT64_MAX
#define BUCKETS_MIN   64
#define ROW_MAX       7 /* keys of the first kind, while others wait */

typedef struct WorkItem {
    WorkKey key;
    uint64_t hash;
    int64_t due_ms;    /* NEVER: no time is set */
    size_t heap_index; /* in the heap of times, from 1; 0: not there */
    bool is_ready;     /* in the list of those that are due */
    bool is_taken;
    bool is_again; /* was added while a worker had it */
    uint32_t failures;
    struct WorkItem *next_ready;
    struct WorkItem *next_same; /* of the bucket; of the free ones */
    char text[320];             /* namespace and name, which have at most 63 and 253 bytes */
} WorkItem;

typedef struct ReadyItems {
    WorkItem *first, *last;
} ReadyItems;

struct WorkQueue {
    const Clock *clock;
    int first_kind;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    WorkItem **buckets;
    size_t bucket_count;
    size_t item_count;
    WorkItem *free;
    ReadyItems ready_first, ready_others;
    uint32_t row; /* of the first kind, that were given out one after the other */
    size_t ready_count;
    VEC(WorkItem *) heap; /* the earliest time first */
    bool has_begun;
    bool is_stopped;
    Arena *arena;
};

WorkQueue *work_queue_open(const Clock *clock, int first_kind) {
    Arena *arena = arena_open("work queue");
    WorkQueue *queue = arena_new(arena, WorkQueue);
    *queue = (WorkQueue){
        .clock = clock, .first_kind = first_kind, .arena = arena, .bucket_count = BUCKETS_MIN};
    queue->buckets = arena_new_array(arena, WorkItem *, queue->bucket_count);
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    return queue;
}

void work_queue_begin(WorkQueue *queue) {
    LOCKED(&queue->lock);
    queue->has_begun = true;
    pthread_cond_broadcast(&queue->changed);
}

void work_queue_close(WorkQueue *queue) {
    if (!queue)
        return;
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    arena_close(queue->arena);
}

/* Items. */

static uint64_t key_hash(WorkKey key) {
    return str_hash(key.namespace) * 31 + str_hash(key.name) * 7 + (uint64_t)key.kind;
}

static bool is_key(const WorkItem *item, WorkKey key) {
    return item->key.kind == key.kind && str_equal(item->key.name, key.name) &&
           str_equal(item->key.namespace, key.namespace);
}

static void grow_buckets(WorkQueue *queue) {
    size_t count = queue->bucket_count * 2;
    WorkItem **buckets = arena_new_array(queue->arena, WorkItem *, count);
    for (size_t i = 0; i < queue->bucket_count; i++) {
        for (WorkItem *item = queue->buckets[i], *next; item; item = next) {
            next = item->next_same;
            item->next_same = buckets[item->hash % count];
            buckets[item->hash % count] = item;
        }
    }
    queue->buckets = buckets;
    queue->bucket_count = count;
}

static void set_texts(WorkItem *item, WorkKey key) {
    size_t namespace = key.namespace.len;
    CHECK(namespace + key.name.len <= sizeof item->text);
    if (namespace > 0)
        memcpy(item->text, key.namespace.ptr, namespace);
    memcpy(item->text + namespace, key.name.ptr, key.name.len);
    item->key =
        (WorkKey){key.kind, {item->text, namespace}, {item->text + namespace, key.name.len}};
}

static WorkItem *find_item(WorkQueue *queue, WorkKey key) {
    WorkItem *item = queue->buckets[key_hash(key) % queue->bucket_count];
    while (item && !is_key(item, key))
        item = item->next_same;
    return item;
}

static WorkItem *get_item(WorkQueue *queue, WorkKey key) {
    WorkItem *item = find_item(queue, key);
    WorkItem **bucket;
    if (item)
        return item;
    if (queue->item_count >= queue->bucket_count)
        grow_buckets(queue);
    item = queue->free;
    if (item)
        queue->free = item->next_same;
    else
        item = arena_new(queue->arena, WorkItem);
    *item = (WorkItem){.hash = key_hash(key), .due_ms = NEVER};
    set_texts(item, key);
    bucket = &queue->buckets[item->hash % queue->bucket_count];
    item->next_same = *bucket;
    *bucket = item;
    queue->item_count++;
    return item;
}

/* An item that waits for nothing is forgotten. */
static void drop_if_idle(WorkQueue *queue, WorkItem *item) {
    WorkItem **at = &queue->buckets[item->hash % queue->bucket_count];
    if (item->is_ready || item->is_taken || item->heap_index != 0)
        return;
    while (*at != item)
        at = &(*at)->next_same;
    *at = item->next_same;
    item->next_same = queue->free;
    queue->free = item;
    queue->item_count--;
}

/* The heap of times. */

static void heap_put(WorkQueue *queue, size_t index, WorkItem *item) {
    queue->heap.items[index] = item;
    item->heap_index = index + 1;
}

static void heap_rise(WorkQueue *queue, size_t index) {
    WorkItem *item = queue->heap.items[index];
    while (index > 0 && queue->heap.items[(index - 1) / 2]->due_ms > item->due_ms) {
        heap_put(queue, index, queue->heap.items[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    heap_put(queue, index, item);
}

static void heap_sink(WorkQueue *queue, size_t index) {
    WorkItem *item = queue->heap.items[index];
    size_t count = queue->heap.count;
    for (size_t child; (child = 2 * index + 1) < count; index = child) {
        if (child + 1 < count &&
            queue->heap.items[child + 1]->due_ms < queue->heap.items[child]->due_ms)
            child++;
        if (queue->heap.items[child]->due_ms >= item->due_ms)
            break;
        heap_put(queue, index, queue->heap.items[child]);
    }
    heap_put(queue, index, item);
}

static void heap_remove(WorkQueue *queue, WorkItem *item) {
    size_t index = item->heap_index - 1;
    WorkItem *last = vec_pop(&queue->heap);
    item->heap_index = 0;
    item->due_ms = NEVER;
    if (last == item)
        return;
    heap_put(queue, index, last);
    heap_rise(queue, index);
    heap_sink(queue, last->heap_index - 1);
}

/* States of a key. */

static ReadyItems *ready_items(WorkQueue *queue, const WorkItem *item) {
    return item->key.kind == queue->first_kind ? &queue->ready_first : &queue->ready_others;
}

static void make_ready(WorkQueue *queue, WorkItem *item) {
    ReadyItems *items = ready_items(queue, item);
    if (item->heap_index != 0)
        heap_remove(queue, item);
    if (item->is_taken) {
        item->is_again = true;
        return;
    }
    if (item->is_ready)
        return;
    item->is_ready = true;
    item->next_ready = NULL;
    if (items->last)
        items->last->next_ready = item;
    else
        items->first = item;
    items->last = item;
    queue->ready_count++;
    pthread_cond_signal(&queue->changed);
}

static void make_due(WorkQueue *queue, WorkItem *item, int64_t due_ms) {
    if (item->is_ready || item->is_again || due_ms >= item->due_ms)
        return;
    item->due_ms = due_ms;
    if (item->heap_index == 0)
        vec_push(queue->arena, &queue->heap, item);
    heap_rise(queue, item->heap_index ? item->heap_index - 1 : queue->heap.count - 1);
    pthread_cond_signal(&queue->changed);
}

void work_queue_add(WorkQueue *queue, WorkKey key) {
    LOCKED(&queue->lock);
    make_ready(queue, get_item(queue, key));
}

void work_queue_add_at(WorkQueue *queue, WorkKey key, int64_t due_ms) {
    LOCKED(&queue->lock);
    make_due(queue, get_item(queue, key), due_ms);
}

/* Makes the keys ready that are due; returns how long to wait for the next. */
static int64_t take_due(WorkQueue *queue) {
    int64_t now_ms = queue->clock->monotonic_ms(queue->clock->self);
    while (queue->heap.count > 0 && queue->heap.items[0]->due_ms <= now_ms)
        make_ready(queue, queue->heap.items[0]);
    return queue->heap.count > 0 ? queue->heap.items[0]->due_ms - now_ms : FAILED_MAX_MS;
}

/* NULL: none is ready. */
static WorkItem *take_ready(WorkQueue *queue) {
    bool is_others_turn = queue->ready_others.first && queue->row >= ROW_MAX;
    ReadyItems *items =
        queue->ready_first.first && !is_others_turn ? &queue->ready_first : &queue->ready_others;
    WorkItem *item = items->first;
    if (!item)
        return NULL;
    queue->row = items == &queue->ready_first ? queue->row + 1 : 0;
    items->first = item->next_ready;
    if (!items->first)
        items->last = NULL;
    queue->ready_count--;
    item->is_ready = false;
    item->is_taken = true;
    return item;
}

bool work_queue_take(WorkQueue *queue, WorkKey *out, Arena *arena) {
    LOCKED(&queue->lock);
    for (;;) {
        int64_t wait_ms = take_due(queue);
        WorkItem *item;
        if (queue->is_stopped)
            return false;
        item = queue->has_begun ? take_ready(queue) : NULL;
        if (!item) {
            thread_wait(&queue->changed, &queue->lock, wait_ms);
            continue;
        }
        *out = (WorkKey){item->key.kind, str_clone(item->key.namespace, arena),
                         str_clone(item->key.name, arena)};
        return true;
    }
}

static int64_t failed_wait_ms(uint32_t failures) {
    int64_t wait_ms = FAILED_MIN_MS;
    for (uint32_t i = 1; i < failures && wait_ms < FAILED_MAX_MS; i++)
        wait_ms *= 2;
    return wait_ms < FAILED_MAX_MS ? wait_ms : FAILED_MAX_MS;
}

void work_queue_done(WorkQueue *queue, WorkKey key, bool has_failed) {
    LOCKED(&queue->lock);
    WorkItem *item = find_item(queue, key);
    bool is_again;
    CHECK(item && item->is_taken);
    is_again = item->is_again;
    item->is_taken = item->is_again = false;
    item->failures = has_failed ? item->failures + 1 : 0;
    if (is_again)
        make_ready(queue, item);
    else if (has_failed)
        make_due(queue, item,
                 queue->clock->monotonic_ms(queue->clock->self) + failed_wait_ms(item->failures));
    drop_if_idle(queue, item);
}

void work_queue_stop(WorkQueue *queue) {
    LOCKED(&queue->lock);
    queue->is_stopped = true;
    pthread_cond_broadcast(&queue->changed);
}

size_t work_queue_depth(WorkQueue *queue) {
    LOCKED(&queue->lock);
    take_due(queue);
    return queue->ready_count;
}
