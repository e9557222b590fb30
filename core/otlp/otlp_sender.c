#include "otlp_sender.h"

#include "log.h"
#include "thread.h"

#define QUEUE_MAX     4096
#define BATCH_MAX     512
#define SEND_EVERY_MS 5000
#define RETRIES       3   /* of a request, while the run goes on */
#define END_MS        500 /* for the end of a request that was cancelled */

/* Spans with the memory of their texts. */
typedef struct Batch {
    Arena *arena;
    OtlpSpans spans;
} Batch;

struct OtlpSender {
    Arena *arena; /* of the members down to `stop`, which only otlp_sender_open sets */
    Io io;
    OtlpExport export;
    OtlpResource resource;
    Str trace, state;
    CancelToken *stop;
    Thread *thread;
    pthread_mutex_t mutex; /* guards the members below */
    pthread_cond_t changed;
    Batch queue;
    size_t dropped;
    Str problem; /* the first one; empty: none. Only the thread sets it, in `arena` */
    bool is_closing;
    bool has_ended;
};

static Batch batch_new(void) {
    return (Batch){.arena = arena_open("spans")};
}

static Str sender_body(const OtlpSender *sender, const OtlpSpan *spans, size_t count,
                       Arena *arena) {
    StrBuf out = strbuf_new(arena);
    OtlpBody body = {.trace = sender->trace, .state = sender->state, .scratch = arena};
    otlp_body_begin(&body, &sender->resource, &out);
    for (size_t i = 0; i < count; i++)
        otlp_body_add_span(&body, &spans[i]);
    otlp_body_end(&body);
    return strbuf_str(&out);
}

static bool sender_is_closing(OtlpSender *sender) {
    LOCKED(&sender->mutex);
    return sender->is_closing;
}

static void note_problem(OtlpSender *sender, Str problem) {
    LOCKED(&sender->mutex);
    if (sender->problem.len == 0)
        sender->problem = str_format(sender->arena, "Traces were not sent to %.*s: %.*s.",
                                     STR_ARG(otlp_export_shown(&sender->export, sender->arena)),
                                     STR_ARG(problem));
}

static void send_batch(OtlpSender *sender, const Batch *batch) {
    for (size_t at = 0; at < batch->spans.count; at += BATCH_MAX) {
        SCOPED(ArenaRef) scratch = arena_open("trace");
        size_t count = batch->spans.count - at;
        count = count < BATCH_MAX ? count : BATCH_MAX;
        OtlpSending sending = {.retries = sender_is_closing(sender) ? 0 : RETRIES,
                               .cancel = sender->stop};
        Str problem = STR_EMPTY;
        Str body = sender_body(sender, &batch->spans.items[at], count, scratch);
        if (!otlp_export_post(&sender->export, &sender->io, body, &sending, &problem, scratch)) {
            note_problem(sender, problem);
            return; /* the collector has no time for the rest of this batch either */
        }
    }
}

/* Waits for spans to send. Returns false once there are none and none will follow. */
static bool take_batch(OtlpSender *sender, Batch *out) {
    const Clock *clock = sender->io.clock;
    int64_t until_ms = clock->monotonic_ms(clock->self) + SEND_EVERY_MS;
    LOCKED(&sender->mutex);
    while (!sender->is_closing && sender->queue.spans.count < BATCH_MAX) {
        int64_t left_ms = until_ms - clock->monotonic_ms(clock->self);
        if (left_ms <= 0 && sender->queue.spans.count > 0)
            break;
        thread_wait(&sender->changed, &sender->mutex, left_ms > 0 ? left_ms : SEND_EVERY_MS);
    }
    if (sender->queue.spans.count == 0)
        return false;
    *out = sender->queue;
    sender->queue = batch_new();
    return true;
}

static void sender_run(void *payload) {
    OtlpSender *sender = payload;
    Batch batch;
    while (take_batch(sender, &batch)) {
        send_batch(sender, &batch);
        arena_close(batch.arena);
    }
    LOCKED(&sender->mutex);
    sender->has_ended = true;
    pthread_cond_broadcast(&sender->changed);
}

OtlpSender *otlp_sender_open(const OtlpSenderOptions *options, Str *problem, Arena *arena) {
    Arena *own = arena_open("traces");
    OtlpExport export = otlp_export_open(options->io, OTLP_TRACES, own);
    if (export.url.len == 0) {
        *problem = str_clone(export.problem, arena);
        arena_close(own);
        return NULL;
    }
    OtlpSender *sender = arena_new(own, OtlpSender);
    *sender = (OtlpSender){
        .arena = own,
        .io = *options->io,
        .export = export,
        .resource = {str_clone(options->resource.service, own),
                     str_clone(options->resource.attributes, own),
                     str_clone(options->resource.version, own)},
        .trace = str_clone(options->trace, own),
        .state = str_clone(options->state, own),
        .stop = cancel_open(),
        .queue = batch_new(),
    };
    pthread_mutex_init(&sender->mutex, NULL);
    pthread_cond_init(&sender->changed, NULL);
    sender->thread = thread_start(THREAD_TRACES, sender_run, sender);
    sender->has_ended = !sender->thread;
    return sender;
}

void otlp_sender_add(OtlpSender *sender, const OtlpSpan *span) {
    LOCKED(&sender->mutex);
    if (sender->queue.spans.count >= QUEUE_MAX || sender->has_ended) {
        sender->dropped++;
        return;
    }
    Arena *arena = sender->queue.arena;
    OtlpSpan copy = *span;
    copy.name = str_clone(span->name, arena);
    copy.id = str_clone(span->id, arena);
    copy.parent = str_clone(span->parent, arena);
    for (size_t i = 0; i < OTLP_ATTRIBUTES; i++)
        copy.attributes[i].text = str_clone(span->attributes[i].text, arena);
    vec_push(arena, &sender->queue.spans, copy);
    if (sender->queue.spans.count == BATCH_MAX)
        pthread_cond_broadcast(&sender->changed);
}

/* Returns whether the thread has ended. The caller holds the mutex. */
static bool wait_for_end(OtlpSender *sender, int64_t wait_ms) {
    const Clock *clock = sender->io.clock;
    int64_t until_ms = clock->monotonic_ms(clock->self) + wait_ms;
    for (int64_t left_ms = wait_ms; !sender->has_ended && left_ms > 0;
         left_ms = until_ms - clock->monotonic_ms(clock->self))
        thread_wait(&sender->changed, &sender->mutex, left_ms);
    return sender->has_ended;
}

static bool end_thread(OtlpSender *sender, int64_t wait_ms) {
    LOCKED(&sender->mutex);
    sender->is_closing = true;
    pthread_cond_broadcast(&sender->changed);
    if (wait_for_end(sender, wait_ms))
        return true;
    cancel_raise(sender->stop, CANCEL_NOW);
    return wait_for_end(sender, END_MS);
}

bool otlp_sender_close(OtlpSender *sender, int64_t wait_ms, Str *problem, Arena *arena) {
    if (!end_thread(sender, wait_ms)) { /* a name server hangs: the thread ends with the process */
        *problem = str_format(arena, "Traces were not sent to %.*s: it did not respond in time.",
                              STR_ARG(otlp_export_shown(&sender->export, arena)));
        thread_abandon(sender->thread);
        return false;
    }
    if (sender->thread)
        thread_join(sender->thread);
    *problem = str_clone(sender->problem, arena);
    if (problem->len == 0 && sender->dropped > 0)
        *problem = str_format(arena,
                              "%zu spans of the trace were not sent: the collector is too "
                              "slow.",
                              sender->dropped);
    arena_close(sender->queue.arena);
    cancel_close(sender->stop);
    pthread_cond_destroy(&sender->changed);
    pthread_mutex_destroy(&sender->mutex);
    arena_close(sender->arena);
    return problem->len == 0;
}
