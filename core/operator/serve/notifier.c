#include "notifier.h"

#include "http_send.h"
#include "log.h"
#include "thread.h"

#define WAITING_MAX 256
#define RETRIES     2 /* after the first attempt */
#define TIMEOUT_MS  15000
#define IDLE_MS     600000

typedef struct Notice {
    Str json;
    Arena *arena; /* of the text */
} Notice;

struct Notifier {
    const Io *io;
    Str url;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    Notice waiting[WAITING_MAX]; /* a ring */
    size_t first, count;
    CancelToken *stop;
    Thread *thread;
    Arena *arena;
};

static void post_notice(const Notifier *notifier, Str json) {
    SCOPED(ArenaRef) arena = arena_open("notification");
    HttpRequest request = {.method = STR("POST"),
                           .url = notifier->url,
                           .body = json,
                           .timeout_ms = TIMEOUT_MS,
                           .retries = RETRIES,
                           .cancel = notifier->stop};
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    http_add_header(&request.headers, "Content-Type", STR("application/json"), arena);
    if (http_send(notifier->io, &request, &response, &problem, arena) != HTTP_DONE ||
        response.code >= 300)
        log_event(LOG_WARN, "event not sent", log_text("url", notifier->url),
                  log_number("code", response.code), log_text("problem", problem));
}

/* Returns false after the stop. */
static bool take_notice(Notifier *notifier, Notice *out) {
    LOCKED(&notifier->lock);
    while (notifier->count == 0 && cancel_level(notifier->stop) == CANCEL_NONE)
        thread_wait(&notifier->changed, &notifier->lock, IDLE_MS);
    if (cancel_level(notifier->stop) != CANCEL_NONE)
        return false;
    *out = notifier->waiting[notifier->first];
    notifier->first = (notifier->first + 1) % WAITING_MAX;
    notifier->count--;
    return true;
}

static void run_notifier(void *payload) {
    Notifier *notifier = payload;
    Notice notice;
    while (take_notice(notifier, &notice)) {
        post_notice(notifier, notice.json);
        arena_close(notice.arena);
    }
}

Notifier *notifier_open(const Io *io, Str url) {
    Arena *arena = arena_open("notifier");
    Notifier *notifier = arena_new(arena, Notifier);
    *notifier = (Notifier){.io = io, .url = str_clone(url, arena), .arena = arena};
    pthread_mutex_init(&notifier->lock, NULL);
    pthread_cond_init(&notifier->changed, NULL);
    notifier->stop = cancel_open();
    notifier->thread = thread_start(THREAD_NOTIFIER, run_notifier, notifier);
    if (notifier->thread)
        return notifier;
    notifier_close(notifier);
    return NULL;
}

void notifier_send(Notifier *notifier, Str json) {
    LOCKED(&notifier->lock);
    Notice *last = &notifier->waiting[(notifier->first + notifier->count) % WAITING_MAX];
    if (notifier->count == WAITING_MAX)
        return;
    last->arena = arena_open("event for Flux");
    last->json = str_clone(json, last->arena);
    notifier->count++;
    pthread_cond_signal(&notifier->changed);
}

void notifier_close(Notifier *notifier) {
    if (!notifier)
        return;
    cancel_raise(notifier->stop, CANCEL_STOP);
    {
        LOCKED(&notifier->lock);
        pthread_cond_signal(&notifier->changed);
    }
    if (notifier->thread)
        thread_join(notifier->thread);
    for (; notifier->count > 0; notifier->count--) {
        arena_close(notifier->waiting[notifier->first].arena);
        notifier->first = (notifier->first + 1) % WAITING_MAX;
    }
    cancel_close(notifier->stop);
    pthread_cond_destroy(&notifier->changed);
    pthread_mutex_destroy(&notifier->lock);
    arena_close(notifier->arena);
}
