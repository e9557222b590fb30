/* Visits ephemeral resources. Plan and apply open each instance when the walk reaches it, and close
 * it after its last user. Its value exists only in the memory of the walk. */
#include "node_visit.h"

#include "configured.h"
#include "deferrals.h"
#include "instance.h"
#include "instance_object.h"
#include "mask.h"
#include "object_type.h"
#include "provider_call.h"
#include "thread.h"

typedef struct Ephemerals Ephemerals;

typedef struct OpenObject {
    const ResourceNode *resource;
    InstanceRecord *record;
    const Provider *provider;
    const ObjectType *type;
    void *client;
    ResourceAddr address;
    Str text; /* `address` as text */
    Str lineage;
    StrVec secrets;
    OpenResponse response;
    Value marked; /* result of the opening */
    bool is_renewing;
    Arena *arena;   /* one per object; calls of the thread use it too */
    Diags failures; /* diagnostics of renewals */
    struct OpenObject *next;
} OpenObject;

/* The objects that a walk has opened. They stay open until their last user has ended. A thread
 * renews the objects that need it; it starts with the first of them. Errors of a renewal are
 * reported when the object is closed, because they may not matter before. */
struct Ephemerals {
    EngineWalk *walk;
    pthread_mutex_t mutex; /* guards the members below */
    pthread_cond_t changed;
    OpenObject *first; /* last opened */
    Thread *renewer;
    bool is_ending;
};

static int64_t ephemeral_now_ms(const Ephemerals *ephemerals) {
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
        .stores_plain_state = ephemerals->walk->engine->stores_plain_state,
    };
}

static WalkEvent event_about(const OpenObject *object, const char *operation) {
    return (WalkEvent){
        .kind = EVENT_OPERATION_START,
        .address = object->text,
        .resource = object->address,
        .operation = operation,
    };
}

static void ephemeral_send_start(const Ephemerals *ephemerals, const OpenObject *object,
                                 const char *operation) {
    WalkEvent event = event_about(object, operation);
    hooks_send(ephemerals->walk->engine->hooks, &event);
}

static void ephemeral_send_end(const Ephemerals *ephemerals, const OpenObject *object,
                               const char *operation, int64_t started_ms, bool failed) {
    WalkEvent event = event_about(object, operation);
    event.kind = EVENT_OPERATION_END;
    event.elapsed_ms = ephemeral_now_ms(ephemerals) - started_ms;
    event.failed = failed;
    hooks_send(ephemerals->walk->engine->hooks, &event);
}

/* References that are evaluated from now on get the new result, with the marks of the first one. */
static bool publish(OpenObject *object, Value result) {
    Paths sensitive = {0};
    if (!value_is_wholly_known(result) || result.type != object->marked.type)
        return diags_fail(&object->failures, NO_RANGE,
                          "Provider produced invalid ephemeral resource instance",
                          "The renewed object of %.*s does not match its schema, or contains "
                          "unknown values. This is a bug in the provider.",
                          STR_ARG(object->text));
    path_find_marks(object->marked, MARK_SENSITIVE, &sensitive, object->arena);
    Value *renewed = arena_new(object->arena, Value);
    *renewed = value_with_marks(
        path_mark(value_clone(result, object->arena), &sensitive, MARK_SENSITIVE, object->arena),
        MARK_EPHEMERAL);
    mask_collect(*renewed, &object->secrets, object->arena);
    atomic_store_explicit(&object->record->renewed, renewed, memory_order_release);
    return true;
}

/* Runs without the mutex: no other thread uses an object during its renewal. */
static void node_ephemeral_renew(const Ephemerals *ephemerals, OpenObject *object) {
    Call call = call_for(ephemerals, object);
    int64_t started_ms = ephemeral_now_ms(ephemerals);
    ephemeral_send_start(ephemerals, object, "renew");
    RenewRequest request = {object->response.private_data};
    RenewResponse response;
    bool failed = !object_type_renew(&call, &request, &response, &object->failures);
    if (!failed && value_is_present(response.result))
        failed = !publish(object, response.result);
    ephemeral_send_end(ephemerals, object, "renew", started_ms, failed);
    object->response.renew_at_ms = failed ? 0 : response.renew_at_ms;
    if (!failed)
        object->response.private_data = str_clone(response.private_data, object->arena);
}

static bool close_object(const Ephemerals *ephemerals, OpenObject *object, Diags *diags) {
    Call call = call_for(ephemerals, object);
    int64_t started_ms = ephemeral_now_ms(ephemerals);
    Diags found = diags_new(object->arena);
    diags_append(&found, &object->failures);
    ephemeral_send_start(ephemerals, object, "close");
    CloseRequest request = {object->response.private_data};
    bool failed = !object_type_close(&call, &request, &found);
    ephemeral_send_end(ephemerals, object, "close", started_ms, failed);
    bool ok = !diags_has_errors(&found);
    diags_set_address(&found, 0, object->text);
    diags_set_range(&found, 0, object->resource->config->body->range);
    mask_diags(&found, &object->secrets);
    diags_append(diags, &found);
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
        int64_t left = next ? next->response.renew_at_ms - ephemeral_now_ms(ephemerals) : 0;
        if (!next) {
            pthread_cond_wait(&ephemerals->changed, &ephemerals->mutex);
        } else if (left > 0) {
            thread_wait(&ephemerals->changed, &ephemerals->mutex, left);
        } else {
            next->is_renewing = true;
            pthread_mutex_unlock(&ephemerals->mutex);
            node_ephemeral_renew(ephemerals, next);
            pthread_mutex_lock(&ephemerals->mutex);
            next->is_renewing = false;
            pthread_cond_broadcast(&ephemerals->changed);
        }
    }
    pthread_mutex_unlock(&ephemerals->mutex);
}

/* Adds an object that has just been opened, and starts the thread that renews it if needed. */
static void ephemeral_add_object(Ephemerals *ephemerals, const InstanceOp *op,
                                 const OpenResponse *response, Value marked) {
    Arena *arena = arena_open("ephemeral");
    OpenObject *object = arena_new(arena, OpenObject);
    *object = (OpenObject){
        .resource = op->resource,
        .record = op->record,
        .provider = op->provider->provider,
        .type = op->type,
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
    object->marked = value_clone(marked, arena);
    mask_collect(object->marked, &object->secrets, arena);
    LOCKED(&ephemerals->mutex);
    object->next = ephemerals->first;
    ephemerals->first = object;
    if (response->renew_at_ms != 0 && !ephemerals->renewer)
        ephemerals->renewer = thread_start(THREAD_RENEWER, renew_all, ephemerals);
    pthread_cond_broadcast(&ephemerals->changed);
}

/* Removes an object of `resource` (NULL: of any block) from the list and returns it; NULL if none.
 * Waits for a running renewal. */
static OpenObject *remove_object(Ephemerals *ephemerals, const ResourceNode *resource) {
    LOCKED(&ephemerals->mutex);
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
    return object;
}

/* Closes the objects of a block (NULL: of all blocks), last opened first. Returns false if there
 * were errors. */
static bool close_objects(Ephemerals *ephemerals, const ResourceNode *resource, Diags *diags) {
    bool ok = true;
    OpenObject *object;
    while ((object = remove_object(ephemerals, resource)))
        ok = close_object(ephemerals, object, diags) && ok;
    return ok;
}

/* The opened object must match the configuration. */
static bool ephemeral_check_result(InstanceOp *op, const Configured *configured, Value result) {
    static const char *const summary = "Provider produced invalid ephemeral resource instance";
    if (!value_is_wholly_known(result))
        return diags_fail(
            &op->diags, NO_RANGE, summary,
            "The object of %.*s contains unknown values. This is a bug in the provider.",
            STR_ARG(op->address));
    Value expected = deferred_read_object(op, configured->value);
    return provider_call_check_result(op, expected, result, &configured->sensitive, summary);
}

static bool ephemeral_open_object(InstanceOp *op, Value config, OpenResponse *response) {
    const Hooks *hooks = op->walk->engine->hooks;
    WalkEvent event = instance_op_event(op, EVENT_OPERATION_START);
    event.operation = "open";
    hooks_send(hooks, &event);
    bool ok = provider_call_open(op, &(OpenRequest){config}, response);
    event = instance_op_event(op, EVENT_OPERATION_END);
    event.operation = "open";
    event.failed = !ok;
    hooks_send(hooks, &event);
    return ok;
}

static Value ephemeral_with_marks(InstanceOp *op, Value value, const Configured *configured) {
    return value_with_marks(object_marks_add(op, value, &configured->sensitive), MARK_EPHEMERAL);
}

static void ephemeral_keep_value(InstanceOp *op, Value value, const Configured *configured) {
    op->record->value = value_clone(ephemeral_with_marks(op, value, configured), op->keep);
}

/* Returns true if the object is not opened: its configuration or its provider is unknown, or, in a
 * plan, a dependency will change. */
static bool ephemeral_is_deferred(const InstanceOp *op, const Configured *configured) {
    if (!value_is_wholly_known(configured->value) || op->provider->is_deferred)
        return true;
    if (op->walk->phase == PHASE_APPLY && deferrals_has_block(op->walk, op->address))
        return true;
    return op->walk->phase == PHASE_PLAN && deferred_read_is_needed(op);
}

/* Reports why the object is not opened: a warning while planning, else an error. Returns true while
 * planning. */
static bool explain_deferred(InstanceOp *op, Str why) {
    static const char summary[] = "Ephemeral resource not opened";
    bool is_planning = op->walk->phase == PHASE_PLAN;
    size_t from = op->diags.count;
    if (is_planning)
        diags_warning(&op->diags, NO_RANGE, summary,
                      "%.*s The plan continues without the values of %.*s, and the apply opens it.",
                      STR_ARG(why), STR_ARG(op->address));
    else
        diags_error(&op->diags, NO_RANGE, summary, "%.*s", STR_ARG(why));
    instance_op_place_diags(op, from);
    return is_planning;
}

static bool open_instance(InstanceOp *op, bool is_destroying) {
    ModuleScope scope;
    Configured configured;
    OpenResponse response;
    module_scope_init_instance(&scope, op->record);
    if (!is_destroying && !instance_conditions_before(op, &scope))
        return false;
    size_t before = op->diags.count;
    if (!configured_evaluate(op, &scope, &configured))
        return false;
    if (op->walk->phase == PHASE_PLAN)
        op->record->deferral = deferrals_of_needs(op->node, op->provider);
    if (op->record->deferral || ephemeral_is_deferred(op, &configured)) {
        deferred_read_merge_warnings(op, before);
        ephemeral_keep_value(op, deferred_read_object(op, configured.value), &configured);
        return true;
    }
    if (!instance_op_require_provider(op) ||
        !ephemeral_open_object(op, configured.value, &response))
        return false;
    if (response.deferral) {
        op->record->deferral = response.deferral;
        ephemeral_keep_value(op, deferred_read_object(op, configured.value), &configured);
        return true;
    }
    if (response.deferred.len > 0) {
        ephemeral_keep_value(op, deferred_read_object(op, configured.value), &configured);
        return explain_deferred(op, response.deferred);
    }
    ephemeral_add_object(op->walk->ephemerals, op, &response,
                         ephemeral_with_marks(op, response.result, &configured));
    if (!ephemeral_check_result(op, &configured, response.result))
        return false;
    ephemeral_keep_value(op, response.result, &configured);
    return is_destroying || instance_conditions_after(op, &scope);
}

bool node_ephemeral_open(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    Value unknown = value_unknown(schema_implied_type(op.schema));
    op.record->value = value_with_marks(unknown, MARK_EPHEMERAL);
    bool is_destroying = op.walk->options->mode == PLAN_DESTROY;
    if (!is_destroying || op.node->configures)
        (void)open_instance(&op, is_destroying);
    return instance_op_end(&op);
}

bool node_ephemeral_close_visit(NodeVisit *visit) {
    return close_objects(visit->walk->ephemerals, visit->node->as.resource, &visit->diags);
}

void node_ephemeral_begin(EngineWalk *walk) {
    Ephemerals *ephemerals = arena_new(walk->arena, Ephemerals);
    ephemerals->walk = walk;
    pthread_mutex_init(&ephemerals->mutex, NULL);
    pthread_cond_init(&ephemerals->changed, NULL);
    walk->ephemerals = ephemerals;
}

static void end_renewals(Ephemerals *ephemerals) {
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

bool node_ephemeral_end(EngineWalk *walk) {
    SCOPED(ArenaRef) scratch = arena_open("closing");
    Diags diags = diags_new(scratch);
    bool ok = close_objects(walk->ephemerals, NULL, &diags);
    diags_sink_append(walk->sink, &diags);
    end_renewals(walk->ephemerals);
    walk->ephemerals = NULL;
    return ok;
}
