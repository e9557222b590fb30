#include "change_watch.h"

#include "kube_discovery.h"
#include "kube_list.h"
#include "kube_retry.h"
#include "kube_stream.h"
#include "log.h"
#include "map.h"
#include "record.h"
#include "thread.h"

#define KINDS_MAX       64
#define CHANGE_ROUND_S  300  /* of one stream */
#define CHANGE_EARLY_MS 5000 /* a stream that ends earlier before its time was cut off */
#define CALL_MS         60000
#define REFUSED_MS      300000

typedef struct ChangeThread {
    ChangeWatch *watch;
    Thread *thread;
    Str api_version;
    Str kind;
    uint32_t failures;
    StrBuf version; /* resourceVersion to continue from; empty: from now on */
    Arena *arena;
    Arena *scratch; /* of one event */
} ChangeThread;

struct ChangeWatch {
    ChangeWatchOptions options;
    KubeDiscovery *discovery;
    Map kinds; /* name → ChangeThread */
    VEC(ChangeThread *) threads;
    Arena *arena;
};

/* {"metadata":{"annotations":{"loam.internal/owner":"LINEAGE ADDRESS"},"managedFields":[…]}} */

typedef struct ChangeManager {
    Str name;
    Str subresource;
    Str time;
} ChangeManager;

typedef struct ChangedObject {
    struct ChangedMeta {
        Str version;
        struct ChangedAnnotations {
            Str owner;
        } annotations;
        VEC(ChangeManager) managers;
    } meta;
} ChangedObject;

typedef struct ChangedMeta ChangedMeta;
typedef struct ChangedAnnotations ChangedAnnotations;

static const RecordRow manager_rows[] = {
    ROW_TEXT(ChangeManager, "manager", name),
    ROW_TEXT(ChangeManager, "subresource", subresource),
    ROW_TEXT(ChangeManager, "time", time),
};
static const Record manager_record = RECORD(ChangeManager, manager_rows);

static const RecordRow annotations_rows[] = {
    ROW_TEXT(ChangedAnnotations, "loam.internal/owner", owner),
};
static const Record annotations_record = RECORD(ChangedAnnotations, annotations_rows);

static const RecordRow meta_rows[] = {
    ROW_TEXT(ChangedMeta, "resourceVersion", version),
    ROW_OBJECT(ChangedMeta, "annotations", annotations, ChangedAnnotations, annotations_record),
    ROW_LIST(ChangedMeta, "managedFields", managers, ChangeManager, manager_record),
};
static const Record meta_record = RECORD(ChangedMeta, meta_rows);

static const RecordRow object_rows[] = {
    ROW_OBJECT(ChangedObject, "metadata", meta, ChangedMeta, meta_record),
};
static const Record object_record = RECORD(ChangedObject, object_rows);

/* Whether another manager made the newest change. Times have one form, so their texts compare as
 * they do. */
static bool is_foreign(const ChangedObject *object) {
    Str newest = STR_EMPTY;
    bool is = false;
    vec_each(&object->meta.managers, manager) {
        bool counts = !str_equal_cstr(manager->subresource, "status") &&
                      !str_starts_with(manager->name, STR("loam"));
        int order = str_compare(manager->time, newest);
        is = order > 0 ? counts : is || (order == 0 && counts);
        newest = order > 0 ? manager->time : newest;
    }
    return is;
}

static void see_change(const ChangeThread *thread, Str type, const ChangedObject *object) {
    const ChangeWatchOptions *options = &thread->watch->options;
    Str rest = object->meta.annotations.owner, lineage;
    bool is_deleted = str_equal_cstr(type, "DELETED");
    if (str_next_field(&rest, ' ', &lineage) && lineage.len > 0 &&
        (is_deleted || (str_equal_cstr(type, "MODIFIED") && is_foreign(object))))
        options->changed(options->payload, lineage);
}

static KubeLine change_see_event(void *payload, Str line) {
    ChangeThread *thread = payload;
    KubeStreamEvent event;
    ChangedObject object = {0};
    const char *error;
    arena_reset(thread->scratch);
    if (!kube_stream_event_read(line, &event, thread->scratch))
        return KUBE_LINE_OTHER;
    thread->version.len = 0;
    if (str_equal_cstr(event.type, "ERROR"))
        return KUBE_LINE_LAST;
    if (!record_from_json(event.object, &object_record, &object, &error, thread->scratch))
        return KUBE_LINE_LAST;
    thread->failures = 0;
    strbuf_add(&thread->version, object.meta.version);
    see_change(thread, event.type, &object);
    return KUBE_LINE_EVENT;
}

static KubeCall call_of(const ChangeThread *thread, Arena *arena) {
    const ChangeWatchOptions *options = &thread->watch->options;
    const Clock *clock = kube_client_io(options->client)->clock;
    return (KubeCall){
        .client = options->client,
        .arena = arena,
        .deadline_ms = clock->monotonic_ms(clock->self) + CALL_MS,
        .cancel = options->cancel,
        .cancel_at = CANCEL_STOP,
    };
}

/* The version of now: the objects themselves do not count. */
static bool find_version(ChangeThread *thread, const KubeResource *resource, KubeResponse *response,
                         Arena *arena) {
    KubeListRequest request = {
        .ref = {.resource = resource}, .only_metadata = true, .count_max = 1, .page_size = 1};
    KubeCall call = call_of(thread, arena);
    KubeList list;
    if (thread->version.len > 0)
        return true;
    if (kube_list_read(&call, &request, &list, response, NULL) != KUBE_DONE)
        return false;
    strbuf_add(&thread->version, list.resource_version);
    return true;
}

/* One stream. Returns false if it could not begin. */
static bool change_follow(ChangeThread *thread, KubeResponse *response, Arena *arena) {
    KubeCall call = call_of(thread, arena);
    KubeKind kind = {thread->api_version, thread->kind};
    const Clock *clock = kube_client_io(call.client)->clock;
    int64_t end_ms =
        clock->monotonic_ms(clock->self) + (int64_t)CHANGE_ROUND_S * 1000 - CHANGE_EARLY_MS;
    KubeResource resource;
    if (kube_discovery_find(thread->watch->discovery, &call, kind, &resource, response, NULL) !=
            KUBE_DONE ||
        !find_version(thread, &resource, response, arena))
        return false;
    KubeStreamRequest request = {
        .ref = {.resource = &resource},
        .only_metadata = true,
        .version = str_clone(strbuf_str(&thread->version), arena),
        .seconds = CHANGE_ROUND_S,
        .see = change_see_event,
        .payload = thread,
    };
    kube_stream_run(&call, &request, response, NULL);
    /* The server has forgotten this version, or the next one has an older etcd. */
    if (response->code == 410 || clock->monotonic_ms(clock->self) < end_ms)
        thread->version.len = 0;
    return response->transport == HTTP_DONE && (response->code < 300 || response->code == 410);
}

static void run_thread(void *payload) {
    ChangeThread *thread = payload;
    const ChangeWatchOptions *options = &thread->watch->options;
    const Clock *clock = kube_client_io(options->client)->clock;
    while (cancel_level(options->cancel) == CANCEL_NONE) {
        SCOPED(ArenaRef) arena = arena_open("a stream of changes");
        KubeResponse response = {0};
        bool is_refused;
        if (change_follow(thread, &response, arena) || cancel_level(options->cancel) != CANCEL_NONE)
            continue;
        is_refused = response.code != 0 && response.code < 500;
        log_event(LOG_WARN, "changes not followed", log_text("kind", thread->kind),
                  log_text("problem", response.problem));
        if (clock->sleep_ms(clock->self,
                            is_refused ? REFUSED_MS : kube_retry_wait_ms(++thread->failures, -1),
                            options->cancel))
            break;
    }
}

ChangeWatch *change_watch_open(const ChangeWatchOptions *options) {
    Arena *arena = arena_open("changes by others");
    ChangeWatch *watch = arena_new(arena, ChangeWatch);
    *watch = (ChangeWatch){
        .options = *options,
        .discovery = kube_discovery_open(),
        .kinds = map_new(arena),
        .arena = arena,
    };
    return watch;
}

/* The kind is what follows the last slash. */
void change_watch_add(ChangeWatch *watch, Str kind) {
    size_t slash = str_rfind_char(kind, '/');
    ChangeThread *thread;
    if (slash == SIZE_MAX || watch->threads.count == KINDS_MAX || map_has(&watch->kinds, kind))
        return;
    kind = str_clone(kind, watch->arena);
    thread = arena_new(watch->arena, ChangeThread);
    *thread = (ChangeThread){
        .watch = watch,
        .api_version = str_slice(kind, 0, slash),
        .kind = str_after(kind, slash + 1),
        .arena = arena_open("changes of a kind"),
        .scratch = arena_open("a change"),
    };
    thread->version = strbuf_new(thread->arena);
    map_set(&watch->kinds, kind, thread);
    vec_push(watch->arena, &watch->threads, thread);
    thread->thread = thread_start(THREAD_INFORMER, run_thread, thread);
}

void change_watch_close(ChangeWatch *watch) {
    if (!watch)
        return;
    vec_each(&watch->threads, each) {
        if ((*each)->thread)
            thread_join((*each)->thread);
        arena_close((*each)->scratch);
        arena_close((*each)->arena);
    }
    kube_discovery_close(watch->discovery);
    arena_close(watch->arena);
}
