/* foreign_worker: counts calls, looks at the memory of the process and replaces it. */
#include "foreign_worker.h"

#include "log.h"

enum {
    CALLS_PER_LOOK = 250,
    GROWTH_MAX = 128 << 20, /* bytes since the first look */
};

ForeignWorker *foreign_worker_new(ForeignProcess *process, Arena *arena) {
    ForeignWorker *worker = arena_new(arena, ForeignWorker);
    worker->process = process;
    return worker;
}

ForeignWorker *foreign_worker_begin(ForeignWorker *current) {
    current->in_flight++;
    return current;
}

static bool has_grown(ForeignWorker *worker) {
    if (++worker->calls % CALLS_PER_LOOK != 0)
        return false;
    uint64_t memory = foreign_process_memory(worker->process);
    if (worker->memory == 0)
        worker->memory = memory;
    return memory > worker->memory + GROWTH_MAX;
}

static void retire(ForeignWorker **current, ForeignSuccessor *successor, void *payload,
                   Arena *arena) {
    ForeignProcess *process = successor(payload);
    log_debug(process ? "provider retired" : "provider not retired",
              log_number("calls", (int64_t)(*current)->calls));
    if (process)
        *current = foreign_worker_new(process, arena);
}

ForeignProcess *foreign_worker_end(ForeignWorker *worker, ForeignWorker **current,
                                   ForeignSuccessor *successor, void *payload, Arena *arena) {
    worker->in_flight--;
    if (worker == *current && has_grown(worker))
        retire(current, successor, payload, arena);
    return worker != *current && worker->in_flight == 0 ? worker->process : NULL;
}
