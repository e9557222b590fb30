#include "informer.h"

#include "kube_list.h"
#include "kube_retry.h"
#include "kube_stream.h"
#include "log.h"
#include "thread.h"

#define INFORMER_ROUND_S  300  /* of one stream */
#define INFORMER_EARLY_MS 5000 /* a stream that ends earlier before its time was cut off */
#define LIST_MS           60000
#define PAUSE_MS          5000 /* at most, after a failure: decisions wait for the list */
#define ABSENT_MS         5000 /* until a kind that the server lacks is asked for again */

struct Informer {
    InformerOptions options;
    Thread *thread;
    StrBuf version;        /* resourceVersion to continue from */
    bool is_gone;          /* the server cannot continue from it, or may have another history */
    _Atomic bool is_stale; /* the store lacks objects that the server has */
    uint32_t failures;
    bool is_synced;
    bool has_list; /* else the server may lack the kind */
    _Atomic uint32_t restarts;
    Arena *arena;
    Arena *scratch; /* of one page, or one event */
};

static void set_version(Informer *informer, Str version) {
    if (version.len == 0)
        return;
    informer->version.len = 0;
    strbuf_add(&informer->version, version);
}

static KubeCall informer_call(const Informer *informer, int64_t limit_ms, Arena *arena) {
    const Clock *clock = kube_client_io(informer->options.client)->clock;
    return (KubeCall){
        .client = informer->options.client,
        .arena = arena,
        .deadline_ms = clock->monotonic_ms(clock->self) + limit_ms,
        .cancel = informer->options.cancel,
        .cancel_at = CANCEL_STOP,
    };
}

/* The store. */

/* A list shows what there is; an event may be older than the response of a change. */
static void put_object(Informer *informer, Str json, bool is_listed) {
    const InformerOptions *options = &informer->options;
    const ObjectMeta *meta;
    LOCKED(options->lock);
    bool ok;
    if (is_listed) {
        meta = object_store_put(options->store, json);
        ok = meta != NULL;
    } else {
        ok = object_store_put_newer(options->store, json, &meta);
    }
    if (meta)
        options->changed(options->payload, options->resource, meta);
    if (!ok)
        log_event(LOG_WARN, "object not understood", log_text("kind", options->resource->kind));
}

/* Its time of deletion tells a removed object from a changed one. */
static void see_gone(void *payload, const ObjectMeta *gone) {
    const Informer *informer = payload;
    if (gone->deleted_ms == 0)
        ((ObjectMeta *)gone)->deleted_ms = 1;
    informer->options.changed(informer->options.payload, informer->options.resource, gone);
}

static void remove_object(Informer *informer, Str json) {
    const InformerOptions *options = &informer->options;
    LOCKED(options->lock);
    const ObjectMeta *meta = object_store_put(options->store, json); /* for its names */
    if (!meta)
        return;
    ObjectMeta gone = *meta;
    gone.namespace = str_clone(meta->namespace, informer->scratch);
    gone.name = str_clone(meta->name, informer->scratch);
    see_gone(informer, meta);
    object_store_remove(options->store, gone.namespace, gone.name);
}

/* Lists. */

typedef struct ListPage {
    struct ListMeta {
        Str version;
        Str next;
    } meta;
    Str items;
} ListPage;

typedef struct ListMeta ListMeta;

static const RecordRow list_meta_rows[] = {
    ROW_TEXT(ListMeta, "resourceVersion", version),
    ROW_TEXT(ListMeta, "continue", next),
};
static const Record list_meta_record = RECORD(ListMeta, list_meta_rows);

static const RecordRow page_rows[] = {
    ROW_OBJECT(ListPage, "metadata", meta, ListMeta, list_meta_record),
    ROW_RAW_LIST(ListPage, "items", items),
};
static const Record page_record = RECORD(ListPage, page_rows);

static bool read_items(Informer *informer, Str items) {
    JsonReader reader = json_reader_new(items, informer->scratch);
    JsonToken token;
    Str item;
    if (items.len == 0)
        return true;
    if (json_next(&reader) != JSON_ARRAY_START)
        return false;
    while ((token = json_next(&reader)) == JSON_OBJECT_START) {
        if (!json_skip(&reader, token, &item))
            return false;
        put_object(informer, item, true);
    }
    return token == JSON_ARRAY_END;
}

/* Reads one page; `next` becomes that of the following one, empty after the last. */
static bool read_page(Informer *informer, StrBuf *next, KubeResponse *response) {
    const InformerOptions *options = &informer->options;
    KubeListRequest list = {
        .ref = {.resource = options->resource},
        .label_selector = options->label_selector,
        .page_size = options->page_size,
    };
    KubeCall call = informer_call(informer, LIST_MS, informer->scratch);
    ListPage page = {0};
    const char *error;
    KubeRequest get = {.method = "GET"};
    arena_reset(informer->scratch);
    get.path = kube_list_path(&list, strbuf_str(next), informer->scratch);
    if (kube_call_send(&call, get, response, NULL) != KUBE_DONE ||
        !record_from_json(response->body, &page_record, &page, &error, informer->scratch) ||
        !read_items(informer, page.items))
        return false;
    next->len = 0;
    strbuf_add(next, page.meta.next);
    set_version(informer, page.meta.version);
    return true;
}

/* A kind that the server lacks has no objects any more. */
static void end_list(Informer *informer) {
    uint64_t version;
    if (!str_to_uint64(strbuf_str(&informer->version), &version))
        version = UINT64_MAX;
    LOCKED(informer->options.lock);
    object_store_end_list(informer->options.store, version, see_gone, informer);
}

static bool read_list(Informer *informer, KubeResponse *response) {
    SCOPED(ArenaRef) arena = arena_open("pages of a list");
    StrBuf next = strbuf_new(arena);
    informer->is_stale = false;
    object_store_begin_list(informer->options.store);
    do {
        if (!read_page(informer, &next, response)) {
            if (response->code == 404)
                end_list(informer);
            return false;
        }
    } while (next.len > 0);
    end_list(informer);
    informer->is_gone = false;
    if (informer->has_list)
        informer->restarts++;
    informer->has_list = true;
    return true;
}

static void set_synced(Informer *informer, bool is_synced) {
    const InformerOptions *options = &informer->options;
    void (*see)(void *, const KubeResource *) = is_synced ? options->synced : options->broken;
    if (informer->is_synced != is_synced && see)
        see(options->payload, options->resource);
    informer->is_synced = is_synced;
}

/* Streams. */

static KubeLine informer_see_event(void *payload, Str line) {
    Informer *informer = payload;
    KubeStreamEvent event;
    AnyObject any = {0};
    const char *error;
    arena_reset(informer->scratch);
    if (!kube_stream_event_read(line, &event, informer->scratch))
        return KUBE_LINE_OTHER;
    if (str_equal_cstr(event.type, "ERROR") || informer->is_stale) {
        informer->is_gone = true;
        return KUBE_LINE_LAST;
    }
    informer->failures = 0;
    if (str_equal_cstr(event.type, "DELETED"))
        remove_object(informer, event.object);
    else if (!str_equal_cstr(event.type, "BOOKMARK"))
        put_object(informer, event.object, false);
    if (record_from_json(event.object, &any_object_record, &any, &error, informer->scratch))
        set_version(informer, any.meta.resource_version);
    return KUBE_LINE_EVENT;
}

/* A server that ends cuts its streams off, some of them in good order. If etcd is restored, the one
 * that follows it continues from another history: it may send no changes until its versions have
 * reached ours, and none of those in between. */
static bool informer_follow(Informer *informer, KubeResponse *response) {
    SCOPED(ArenaRef) arena = arena_open("stream of an informer");
    KubeCall call = informer_call(informer, 0, arena);
    const Clock *clock = kube_client_io(informer->options.client)->clock;
    int64_t end_ms =
        clock->monotonic_ms(clock->self) + (int64_t)INFORMER_ROUND_S * 1000 - INFORMER_EARLY_MS;
    KubeStreamRequest request = {
        .ref = {.resource = informer->options.resource},
        .label_selector = informer->options.label_selector,
        .version = str_clone(strbuf_str(&informer->version), arena),
        .seconds = INFORMER_ROUND_S,
        .see = informer_see_event,
        .payload = informer,
    };
    kube_stream_run(&call, &request, response, NULL);
    *response = kube_client_copy_response(response, informer->scratch); /* beyond the stream */
    if (response->transport == HTTP_DONE && response->code < 300) {
        if (clock->monotonic_ms(clock->self) >= end_ms)
            return true;
        response->problem = STR("the server ended the stream early");
    }
    informer->is_gone = true;
    return false;
}

static bool is_needed(const Informer *informer) {
    const InformerOptions *options = &informer->options;
    LOCKED(options->lock);
    return !options->is_needed || options->is_needed(options->payload, options->resource);
}

/* Returns false if the token was raised. */
static bool wait_for_kind(const Informer *informer) {
    const Clock *clock = kube_client_io(informer->options.client)->clock;
    do {
        if (clock->sleep_ms(clock->self, ABSENT_MS, informer->options.cancel))
            return false;
    } while (!is_needed(informer));
    return true;
}

static void run_informer(void *payload) {
    Informer *informer = payload;
    const InformerOptions *options = &informer->options;
    const Clock *clock = kube_client_io(options->client)->clock;
    bool needs_list = true;
    while (cancel_level(options->cancel) == CANCEL_NONE) {
        KubeResponse response = {0};
        bool ok =
            needs_list ? read_list(informer, &response) : informer_follow(informer, &response);
        bool is_absent = !ok && needs_list && response.code == 404;
        if (cancel_level(options->cancel) != CANCEL_NONE)
            break;
        needs_list = needs_list ? !ok : informer->is_gone || informer->is_stale;
        set_synced(informer, !needs_list || is_absent);
        if (ok) {
            informer->failures = 0;
            continue;
        }
        if (is_absent) {
            if (!wait_for_kind(informer))
                break;
            continue;
        }
        log_event(LOG_WARN, "objects not read", log_text("kind", options->resource->kind),
                  log_text("problem", response.problem));
        int64_t wait_ms = kube_retry_wait_ms(++informer->failures, -1);
        if (clock->sleep_ms(clock->self, wait_ms < PAUSE_MS ? wait_ms : PAUSE_MS, options->cancel))
            break;
    }
}

Informer *informer_start(const InformerOptions *options) {
    Arena *arena = arena_open("informer");
    Informer *informer = arena_new(arena, Informer);
    *informer = (Informer){.options = *options, .arena = arena, .version = strbuf_new(arena)};
    informer->scratch = arena_open("page of a list");
    informer->thread = thread_start(THREAD_INFORMER, run_informer, informer);
    if (informer->thread)
        return informer;
    arena_close(informer->scratch);
    arena_close(arena);
    return NULL;
}

void informer_relist(Informer *informer) {
    informer->is_stale = true;
}

uint32_t informer_restarts(Informer *informer) {
    return informer->restarts;
}

void informer_join(Informer *informer) {
    if (!informer)
        return;
    thread_join(informer->thread);
    arena_close(informer->scratch);
    arena_close(informer->arena);
}
