#include "kube_watch.h"
#include "kube_object.h"
#include "kube_retry.h"
#include "kube_stream.h"
#include "map.h"

#define DEADLINE_MS 600000
#define POLL_MS     2000
#define ROUND_S     60

typedef enum WatchMode { MODE_STREAM, MODE_POLL_LIST, MODE_POLL_GET } WatchMode;

/* An object that the caller has seen. */
typedef struct Known {
    uint64_t version; /* hash of its resourceVersion */
    uint64_t round;   /* of the list that had it last */
    bool is_absent;
} Known;

typedef struct Watch {
    const KubeWatchRequest *request;
    KubeCall call; /* its arena is `scratch` */
    KubeResponse *response;
    Diags *diags;
    WatchMode mode;
    Map known; /* "NAMESPACE/NAME" → Known */
    uint64_t round;
    StrBuf version;    /* resourceVersion to continue from */
    bool is_over;      /* the caller has seen enough */
    bool is_gone;      /* the server cannot continue from `version` */
    uint32_t failures; /* since the last success */
    Arena *scratch;    /* of one event, or one list */
    Arena *arena;
} Watch;

static int64_t watch_now_ms(const Watch *watch) {
    const Clock *clock = kube_client_io(watch->call.client)->clock;
    return clock->monotonic_ms(clock->self);
}

static void watch_set_version(Watch *watch, Str version) {
    if (version.len == 0)
        return;
    watch->version.len = 0;
    strbuf_add(&watch->version, version);
}

static Known *known_of(Watch *watch, Str namespace, Str name) {
    Str key = str_format(watch->scratch, "%.*s/%.*s", STR_ARG(namespace), STR_ARG(name));
    Known *known = map_find(&watch->known, key);
    if (known)
        return known;
    known = arena_new(watch->arena, Known);
    known->is_absent = true;
    map_put(watch->arena, &watch->known, str_clone(key, watch->arena), known);
    return known;
}

static void watch_report(Watch *watch, KubeEventType type, Str namespace, Str name, Value object) {
    KubeEvent event = {type, namespace, name, object};
    if (!watch->is_over)
        watch->is_over = watch->request->see(watch->request->payload, &event);
}

static void see_present(Watch *watch, Value object) {
    Str namespace = kube_object_text(object, "metadata", "namespace");
    Str name = kube_object_text(object, "metadata", "name");
    uint64_t version = str_hash(kube_object_text(object, "metadata", "resourceVersion"));
    Known *known = known_of(watch, namespace, name);
    bool is_new = known->is_absent || known->version != version;
    *known = (Known){version, watch->round, false};
    if (is_new)
        watch_report(watch, KUBE_EVENT_PRESENT, namespace, name, object);
}

static void see_absent(Watch *watch, Value object) {
    Str namespace = kube_object_text(object, "metadata", "namespace");
    Str name = kube_object_text(object, "metadata", "name");
    known_of(watch, namespace, name)->is_absent = true;
    watch_report(watch, KUBE_EVENT_ABSENT, namespace, name, object);
}

/* Lists and polls. */

/* Reports the objects that the list of this round did not have. */
static void see_missing(Watch *watch) {
    const KubeRef *ref = &watch->request->ref;
    map_each(&watch->known, entry) {
        Known *known = entry->value;
        Str name = entry->key;
        Str namespace = STR_EMPTY;
        if (known->is_absent || known->round == watch->round)
            continue;
        known->is_absent = true;
        (void)str_next_field(&name, '/', &namespace);
        watch_report(watch, KUBE_EVENT_ABSENT, namespace, name, value_null(&TYPE_DYNAMIC));
    }
    bool is_object = ref->name.len > 0;
    if (!is_object)
        watch_report(watch, KUBE_EVENT_LISTED, STR_EMPTY, STR_EMPTY, value_null(&TYPE_DYNAMIC));
    else if (watch->known.count == 0 && watch->round == 1)
        watch_report(watch, KUBE_EVENT_ABSENT, ref->namespace, ref->name,
                     value_null(&TYPE_DYNAMIC));
}

static KubeOutcome watch_read_list(Watch *watch) {
    const KubeWatchRequest *request = watch->request;
    KubeListRequest list = {
        .ref = request->ref,
        .label_selector = request->label_selector,
        .page_size = request->page_size,
    };
    KubeList found;
    if (request->ref.name.len)
        list.field_selector = str_concat(STR("metadata.name="), request->ref.name, watch->scratch);
    list.ref.name = STR_EMPTY;
    KubeOutcome outcome =
        kube_list_read(&watch->call, &list, &found, watch->response, watch->diags);
    if (outcome != KUBE_DONE)
        return outcome;
    watch_set_version(watch, found.resource_version);
    vec_each(&found.items, item)
        see_present(watch, *item);
    return KUBE_DONE;
}

static KubeOutcome watch_read_object(Watch *watch) {
    Value object;
    KubeOutcome outcome =
        kube_call_get(&watch->call, &watch->request->ref, watch->response, watch->diags);
    if (outcome == KUBE_ABSENT)
        return KUBE_DONE;
    if (outcome != KUBE_DONE || !kube_client_decode(watch->response, &object, watch->scratch))
        return watch->response->outcome;
    see_present(watch, object);
    return KUBE_DONE;
}

/* Reads all objects and reports the differences. */
static KubeOutcome watch_read_state(Watch *watch) {
    arena_reset(watch->scratch);
    watch->round++;
    watch->is_gone = false;
    KubeOutcome outcome =
        watch->mode == MODE_POLL_GET ? watch_read_object(watch) : watch_read_list(watch);
    bool may_get = watch->request->ref.name.len && watch->mode != MODE_POLL_GET;
    if (outcome == KUBE_FAILED && watch->response->code == 403 && may_get) {
        watch->mode = MODE_POLL_GET;
        outcome = watch_read_object(watch);
    }
    if (outcome == KUBE_DONE)
        see_missing(watch);
    return outcome;
}

/* Streams. */

static KubeLine see_line(void *payload, Str line) {
    Watch *watch = payload;
    Value event, object;
    arena_reset(watch->scratch);
    bool is_event = json_parse_object(line, &event, watch->scratch) &&
                    kube_object_find(event, "", "object", &object);
    Str type = is_event ? kube_object_text(event, "", "type") : STR_EMPTY;
    if (type.len == 0)
        return KUBE_LINE_OTHER;
    if (str_equal(type, STR("ERROR"))) { /* 410, or a failure of its storage */
        watch->is_gone = true;
        return KUBE_LINE_LAST;
    }
    watch->failures = 0;
    watch_set_version(watch, kube_object_text(object, "metadata", "resourceVersion"));
    if (str_equal(type, STR("DELETED")))
        see_absent(watch, object);
    else if (str_equal(type, STR("ADDED")) || str_equal(type, STR("MODIFIED")))
        see_present(watch, object);
    return watch->is_over ? KUBE_LINE_LAST : KUBE_LINE_EVENT;
}

/* In an arena of its own: events reset `scratch` while it lasts. */
static void stream(Watch *watch) {
    const KubeWatchRequest *of = watch->request;
    SCOPED(ArenaRef) arena = arena_open("kubernetes watch");
    int64_t left_s = (watch->call.deadline_ms - watch_now_ms(watch) + 999) / 1000;
    int64_t most_s = of->round_s ? of->round_s : ROUND_S;
    KubeStreamRequest request = {
        .ref = of->ref,
        .label_selector = of->label_selector,
        .version = strbuf_str(&watch->version),
        .seconds = left_s < most_s ? left_s : most_s,
        .see = see_line,
        .payload = watch,
    };
    KubeCall call = watch->call;
    call.arena = arena;
    if (of->ref.name.len)
        request.field_selector = str_concat(STR("metadata.name="), of->ref.name, arena);
    request.ref.name = STR_EMPTY;
    request.version = str_clone(request.version, arena); /* it changes while the stream lasts */
    KubeResponse response;
    kube_stream_run(&call, &request, &response, watch->diags);
    *watch->response = kube_client_copy_response(&response, watch->scratch);
}

/* The stream ended: decides how to go on. Returns false if the watch has failed. */
static bool prepare_next(Watch *watch) {
    const KubeResponse *response = watch->response;
    KubeRetryRule rule = {.is_repeatable = true};
    bool has_ended = response->transport == HTTP_DONE && response->code < 300;
    bool is_too_new = kube_status_find(&response->status, "ResourceVersionTooLarge");
    watch->is_gone = watch->is_gone || is_too_new || response->code == 410;
    if (watch->is_over)
        return true;
    if (watch->is_gone)
        watch->failures++;
    else if (has_ended)
        watch->failures = 0;
    else if (response->code == 403 || response->code == 405)
        watch->mode = MODE_POLL_LIST;
    else if (kube_retry_class(&rule, response->transport, response->code, &response->status) !=
             KUBE_RETRY_NEVER)
        watch->failures++;
    else
        return false;
    return true;
}

static KubeOutcome watch_fail(Watch *watch, HttpStatus transport, Str problem) {
    *watch->response =
        (KubeResponse){.outcome = KUBE_FAILED, .transport = transport, .problem = problem};
    return KUBE_FAILED;
}

/* Sleeps before the next request if it polls or the last one failed; returns false at the deadline
 * or after a cancellation. */
static bool pause_before_next(Watch *watch) {
    int64_t poll_ms = watch->request->poll_ms ? watch->request->poll_ms : POLL_MS;
    int64_t wait_ms = 0;
    if (watch->mode != MODE_STREAM)
        wait_ms = poll_ms;
    else if (watch->failures)
        wait_ms = kube_retry_wait_ms(watch->failures, -1);
    return kube_call_pause(&watch->call, wait_ms);
}

static KubeOutcome watch_run(Watch *watch) {
    bool needs_state = true;
    for (;;) {
        if (needs_state && watch_read_state(watch) != KUBE_DONE)
            return watch->response->outcome;
        if (!watch->is_over && watch->mode == MODE_STREAM) {
            stream(watch);
            if (!prepare_next(watch))
                return watch->response->outcome = KUBE_FAILED;
        }
        if (watch->is_over)
            return watch->response->outcome = KUBE_DONE;
        if (!pause_before_next(watch))
            return kube_call_is_cancelled(&watch->call)
                       ? watch_fail(watch, HTTP_CANCELLED, STR("interrupted"))
                       : watch_fail(watch, HTTP_TIMED_OUT, STR("the time is over"));
        needs_state = watch->is_gone || watch->mode != MODE_STREAM;
    }
}

KubeOutcome kube_watch_run(const KubeCall *call, const KubeWatchRequest *request,
                           KubeResponse *response, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("kubernetes watch");
    SCOPED(ArenaRef) scratch = arena_open("kubernetes watch event");
    Watch watch = {
        .request = request,
        .call = *call,
        .response = response,
        .diags = diags,
        .version = strbuf_new(arena),
        .scratch = scratch,
        .arena = arena,
    };
    watch.call.arena = scratch;
    if (watch.call.deadline_ms == 0)
        watch.call.deadline_ms = watch_now_ms(&watch) + DEADLINE_MS;
    KubeOutcome outcome = watch_run(&watch);
    *response = kube_client_copy_response(response, call->arena);
    return outcome;
}
