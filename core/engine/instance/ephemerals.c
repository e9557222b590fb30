/* A list of open objects with a mutex, and a thread that sleeps until the next renewal is due. */
#include "ephemerals.h"

#include "ephemeral_type.h"
#include "mask.h"
#include "thread.h"

typedef struct OpenObject {
    const ResourceNode *resource;
    const Provider *provider;
    ObjectType type;
    void *client;
    ResourceAddr address;
    Str text; /* `address` as text */
    Str lineage;
    StrVec secrets;
    OpenResponse response;
    bool is_renewing;
    Arena *arena;   /* one per object; calls of the thread use it too */
    Diags failures; /* diagnostics of renewals */
    struct OpenObject *next;
} OpenObject;

struct Ephemerals {
    EngineWalk *walk;
    pthread_mutex_t mutex; /* guards the members below */
    pthread_cond_t changed;
    OpenObject *first; /* last opened */
    Thread *renewer;
    bool is_ending;
};

Ephemerals *ephemerals_open(EngineWalk *walk, Arena *arena) {
    Ephemerals *ephemerals = arena_new(arena, Ephemerals);
    ephemerals->walk = walk;
    pthread_mutex_init(&ephemerals->mutex, NULL);
    pthread_cond_init(&ephemerals->changed, NULL);
    return ephemerals;
}

static int64_t now_ms(const Ephemerals *ephemerals) {
    const Clock *clock = ephemerals->walk->engine->io->clock;
    return clock->monotonic_ms(clock->self);
}

/* Has no cancel token: open objects must be closed even if the run is cancelled. */
static Call call_for(const Ephemerals *ephemerals, const OpenObject *object) {
    return (Call){
        .provider = object->provider,
        .type = object->type,
        .client = object->client,
        .io = ephemerals->walk->engine->io,
        .arena = object->arena,
        .address = object->text,
        .lineage = object->lineage,
    };
}

static WalkEvent event_about(const OpenObject *object, const char *operation) {
    return (WalkEvent){
        .kind = EVENT_EPHEMERAL_START,
        .address = object->text,
        .resource = object->address,
        .operation = operation,
    };
}

static void send_start(const Ephemerals *ephemerals,
                       const OpenObject *object,
                       const char *operation) {
    WalkEvent event = event_about(object, operation);
    hooks_send(ephemerals->walk->engine->hooks, &event);
}

static void send_end(const Ephemerals *ephemerals,
                     const OpenObject *object,
                     const char *operation,
                     int64_t started_ms,
                     bool failed) {
    WalkEvent event = event_about(object, operation);
    event.kind = EVENT_EPHEMERAL_END;
    event.elapsed_ms = now_ms(ephemerals) - started_ms;
    event.failed = failed;
    hooks_send(ephemerals->walk->engine->hooks, &event);
}

/* Runs without the mutex: no other thread uses an object during its renewal. */
static void renew(const Ephemerals *ephemerals, OpenObject *object) {
    Call call = call_for(ephemerals, object);
    int64_t started_ms = now_ms(ephemerals);
    send_start(ephemerals, object, "renew");
    RenewRequest request = {object->response.private_data};
    RenewResponse response;
    bool failed = !ephemeral_type_renew(object->type.ephemeral, &call, &request, &response,
                                        &object->failures);
    send_end(ephemerals, object, "renew", started_ms, failed);
    object->response.renew_at_ms = failed ? 0 : response.renew_at_ms;
    if (!failed)
        object->response.private_data = str_clone(response.private_data, object->arena);
}

static bool close_object(const Ephemerals *ephemerals, OpenObject *object, Diags *diags) {
    Call call = call_for(ephemerals, object);
    int64_t started_ms = now_ms(ephemerals);
    Diags said = diags_new(object->arena);
    diags_append(&said, &object->failures);
    send_start(ephemerals, object, "close");
    CloseRequest request = {object->response.private_data};
    bool failed = !ephemeral_type_close(object->type.ephemeral, &call, &request, &said);
    send_end(ephemerals, object, "close", started_ms, failed);
    bool ok = !diags_has_errors(&said);
    diags_set_address(&said, 0, object->text);
    diags_set_range(&said, 0, object->resource->config->body->range);
    mask_diags(&said, &object->secrets);
    diags_append(diags, &said);
    arena_close(object->arena);
    return ok;
}

/* Returns the object whose renewal is due next; NULL if none needs renewal. */
static OpenObject *find_next(const Ephemerals *ephemerals) {
    OpenObject *next = NULL;
    for (OpenObject *object = ephemerals->first; object; object = object->next) {
        if (object->response.renew_at_ms == 0)
            continue;
        if (!next || object->response.renew_at_ms < next->response.renew_at_ms)
            next = object;
    }
    return next;
}

static void renew_all(void *payload) {
    Ephemerals *ephemerals = payload;
    pthread_mutex_lock(&ephemerals->mutex);
    while (!ephemerals->is_ending) {
        OpenObject *next = find_next(ephemerals);
        int64_t left = next ? next->response.renew_at_ms - now_ms(ephemerals) : 0;
        if (!next) {
            pthread_cond_wait(&ephemerals->changed, &ephemerals->mutex);
        } else if (left > 0) {
            thread_wait(&ephemerals->changed, &ephemerals->mutex, left);
        } else {
            next->is_renewing = true;
            pthread_mutex_unlock(&ephemerals->mutex);
            renew(ephemerals, next);
            pthread_mutex_lock(&ephemerals->mutex);
            next->is_renewing = false;
            pthread_cond_broadcast(&ephemerals->changed);
        }
    }
    pthread_mutex_unlock(&ephemerals->mutex);
}

void ephemerals_add(Ephemerals *ephemerals, const InstanceOp *op, const OpenResponse *response) {
    Arena *arena = arena_open("ephemeral");
    OpenObject *object = arena_new(arena, OpenObject);
    *object = (OpenObject){
        .resource = op->resource,
        .provider = op->provider->provider,
        .type = *op->type,
        .client = op->provider->client,
        .address = resource_addr_clone(op->record->address, arena),
        .text = str_clone(op->address, arena),
        .lineage = op->walk->lineage,
        .response = *response,
        .arena = arena,
        .failures = diags_new(arena),
    };
    object->response.result = value_clone(response->result, arena);
    object->response.private_data = str_clone(response->private_data, arena);
    mask_collect(value_with_marks(object->response.result, MARK_EPHEMERAL), &object->secrets,
                 arena);
    pthread_mutex_lock(&ephemerals->mutex);
    object->next = ephemerals->first;
    ephemerals->first = object;
    if (response->renew_at_ms != 0 && !ephemerals->renewer)
        ephemerals->renewer = thread_start(THREAD_RENEWER, renew_all, ephemerals);
    pthread_cond_broadcast(&ephemerals->changed);
    pthread_mutex_unlock(&ephemerals->mutex);
}

/* Removes an object of `resource` (NULL: of any block) from the list and returns it; NULL if none.
 * Waits for a running renewal. */
static OpenObject *take(Ephemerals *ephemerals, const ResourceNode *resource) {
    pthread_mutex_lock(&ephemerals->mutex);
    OpenObject **at = &ephemerals->first;
    while (*at && resource && (*at)->resource != resource)
        at = &(*at)->next;
    OpenObject *object = *at;
    while (object && object->is_renewing)
        pthread_cond_wait(&ephemerals->changed, &ephemerals->mutex);
    for (at = &ephemerals->first; *at && *at != object;)
        at = &(*at)->next; /* other objects may have been added or removed */
    if (*at)
        *at = object->next;
    pthread_mutex_unlock(&ephemerals->mutex);
    return object;
}

bool ephemerals_close(Ephemerals *ephemerals, const ResourceNode *resource, Diags *diags) {
    bool ok = true;
    OpenObject *object;
    while ((object = take(ephemerals, resource)))
        ok = close_object(ephemerals, object, diags) && ok;
    return ok;
}

bool ephemerals_close_all(Ephemerals *ephemerals) {
    SCOPED(ArenaRef) scratch = arena_open("closing");
    Diags diags = diags_new(scratch);
    bool ok = ephemerals_close(ephemerals, NULL, &diags);
    diags_sink_append(ephemerals->walk->sink, &diags);
    return ok;
}

void ephemerals_release(Ephemerals *ephemerals) {
    pthread_mutex_lock(&ephemerals->mutex);
    CHECK(!ephemerals->first);
    ephemerals->is_ending = true;
    pthread_cond_broadcast(&ephemerals->changed);
    pthread_mutex_unlock(&ephemerals->mutex);
    if (ephemerals->renewer)
        thread_join(ephemerals->renewer);
    pthread_cond_destroy(&ephemerals->changed);
    pthread_mutex_destroy(&ephemerals->mutex);
}
