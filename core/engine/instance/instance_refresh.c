/* Determines the prior object: recovers it after an interrupted call, imports it, or reads it. */
#include "instance.h"

#include "instance_object.h"
#include "log.h"
#include "module_origin.h"
#include "moves.h"
#include "provider_call.h"

/* The object differs from the stored one, so the refreshed state gets it. */
static void instance_refresh_set_object(InstanceRecord *record, const StateObject *object) {
    record->refreshed = object;
    if (record->refresh == REFRESH_UNCHANGED)
        record->refresh = REFRESH_CHANGED;
}

/* Returns the planned object of an interrupted creation, with the marks of its configuration; null
 * if unknown. */
static Value instance_refresh_planned_of(InstanceOp *op, const StatePending *pending) {
    StateObject planned = {.attributes = pending->planned,
                           .sensitive_attributes = pending->sensitive};
    Diags ignored = diags_new(op->scratch);
    Value value;
    if (pending->planned.len > 0 &&
        state_object_decode(&planned, op->schema, &value, op->scratch, &ignored))
        return value;
    return value_null(schema_implied_type(op->schema));
}

static void add_response(const StatePending *pending, RecoverRequest *request) {
    if (!pending->response)
        return;
    request->response = pending->response->bytes;
    switch (pending->response->kind) {
    case STATE_RESPONSE_UNSENT: request->response_kind = RECOVER_UNSENT; break;
    case STATE_RESPONSE_FAILED: request->response_kind = RECOVER_REJECTED; break;
    case STATE_RESPONSE_DONE: request->response_kind = RECOVER_RESPONDED; break;
    }
}

static RecoverCall recover_call(PendingAction action) {
    if (action == PENDING_CREATE)
        return RECOVER_CREATE;
    return action == PENDING_DELETE ? RECOVER_DELETE : RECOVER_UPDATE;
}

/* What the provider found of an interrupted call. */
typedef struct Recovered {
    Value object; /* marked; null: none */
    ObjectStatus status;
    Str private_data;
    Value identity; /* before the call: of the stored object */
} Recovered;

/* A part without an action counts as an update: it may have its old or its new value. */
static PartAction parts_part_action(PendingAction pending) {
    static const PartAction actions[] = {
        [PENDING_NONE] = PART_UPDATE,   [PENDING_CREATE] = PART_CREATE,
        [PENDING_UPDATE] = PART_UPDATE, [PENDING_REPLACE] = PART_REPLACE,
        [PENDING_DELETE] = PART_DELETE,
    };
    static_assert(ARRAY_COUNT(actions) == PENDING_DELETE + 1, "every action is of a part");
    return actions[pending];
}

/* Returns the parts of an interrupted call, for `recover`; allocated in scratch. */
static PartRecords refresh_parts_of_pending(InstanceOp *op, const StatePending *pending) {
    PartRecords records = {0};
    vec_each(&pending->parts, part) {
        PartRecord record = {
            .key = part->key,
            .action = parts_part_action(part->action),
            .marker = part->marker,
            .has_ended = part->has_ended,
            .private_data = part->private_data,
        };
        vec_push(op->scratch, &records, record);
    }
    return records;
}

/* Asks the provider for the object that an interrupted call left. `prior`: the stored object,
 * marked; null for a creation. */
static bool instance_refresh_recover(InstanceOp *op, const StatePending *pending, Value prior,
                                     Recovered *out) {
    Value planned = instance_refresh_planned_of(op, pending);
    RecoverRequest request = {
        .marker = pending->marker,
        .planned = value_unmark_deep(planned, op->scratch),
        .private_data = pending->private_data,
        .call = recover_call(pending->action),
        .prior = value_unmark_deep(prior, op->scratch),
        .prior_identity = out->identity,
        .parts = refresh_parts_of_pending(op, pending),
    };
    add_response(pending, &request);
    RecoverResponse response;
    if (!provider_call_recover(op, pending->generation, &request, &response))
        return false;
    RecoverOutcome outcome = response.outcome;
    out->private_data = response.private_data;
    out->identity = response.identity;
    out->object = value_null(schema_implied_type(op->schema));
    if (outcome != RECOVER_ABSENT) {
        out->object = object_marks_keep(op, planned, response.state);
        if (value_is_present(prior))
            out->object = object_marks_keep(op, prior, out->object);
    }
    /* Provisioners are part of a creation. Their progress is unknown: the object is tainted. */
    out->status =
        outcome == RECOVER_TAINTED || pending->is_provisioned ? OBJECT_TAINTED : OBJECT_READY;
    return true;
}

/* Returns the state object of a recovered creation. Without a block, it keeps the dependencies of
 * its creation. */
static const StateObject *instance_refresh_adopt(InstanceOp *op, const StatePending *pending,
                                                 const Recovered *found) {
    const StateObject *object =
        state_object_clone(stored_object_encode(op, found->object, found->status,
                                                found->private_data, found->identity),
                           op->keep);
    if (!object || op->resource->config)
        return object;
    StateObject *adopted = arena_new(op->keep, StateObject);
    *adopted = *object;
    adopted->dependencies = pending->dependencies;
    adopted->dependency_count = pending->dependency_count;
    return adopted;
}

/* An update or a deletion was interrupted: asks the provider which parts exist, or for the object
 * in the response. */
static bool recover_change(InstanceOp *op, const StatePending *pending, const StateObject **object,
                           Value *out) {
    Recovered found;
    const StateObject *stored = *object;
    if (!object_identity_decode(op, stored, &found.identity) ||
        !instance_refresh_recover(op, pending, *out, &found))
        return false;
    *out = found.object;
    StateObject kept;
    const StateObject *encoded = stored_object_encode(
        op, *out, found.status == OBJECT_TAINTED ? OBJECT_TAINTED : stored->status,
        found.private_data, found.identity);
    if (encoded) {
        kept = *encoded;
        kept.dependencies = stored->dependencies;
        kept.dependency_count = stored->dependency_count;
        kept.create_before_destroy = stored->create_before_destroy;
        kept.skip_destroy = stored->skip_destroy;
    }
    *object = encoded ? state_object_clone(&kept, op->keep) : NULL;
    return true;
}

/* A change without parts and without a response needs no recovery: the refresh shows its outcome.
 */
static bool must_recover_change(const InstanceOp *op, const StatePending *pending) {
    if (!pending || op->provider->is_deferred || !str_equal(pending->deposed, op->record->deposed))
        return false;
    return pending->parts.count > 0 ||
           (pending->response && pending->response->kind == STATE_RESPONSE_DONE);
}

static bool prior_object(InstanceOp *op, const StateObject **object, Value *out) {
    const StateInstance *stored = op->record->stored;
    *object = NULL;
    *out = value_null(schema_implied_type(op->schema));
    if (!stored)
        return true;
    *object = state_find_object(stored, op->record->deposed);
    const StatePending *pending = stored->pending;
    bool creates = pending && pending->action == PENDING_CREATE;
    if (*object) {
        const StateObject *before = *object;
        if (!stored_object_decode_prior(op, object, out))
            return false;
        if (*object != before)
            instance_refresh_set_object(op->record, *object); /* so that it is upgraded only once */
        return creates || !must_recover_change(op, pending) ||
               recover_change(op, pending, object, out);
    }
    if (!creates || op->provider->is_deferred)
        return true;
    Recovered found = {0};
    if (!instance_refresh_recover(op, pending, *out, &found))
        return false;
    *out = found.object;
    *object = instance_refresh_adopt(op, pending, &found);
    return true;
}

static const ResourceAddr *instance_refresh_find_origin(const InstanceOp *op) {
    const EngineWalk *walk = op->walk;
    if (!walk->moves || op->record->deposed.len > 0)
        return NULL;
    return moves_find_origin(walk->moves, op->record->address, op->scratch);
}

static void instance_refresh_add_fields(Drift *drift, const FieldChanges *changes, Arena *arena) {
    vec_each(changes, change) {
        DriftField field = {
            .path = path_clone(change->path, arena),
            .manager = str_clone(change->manager, arena),
            .since = str_clone(change->since, arena),
            .is_foreign = change->is_foreign,
        };
        vec_push(arena, &drift->fields, field);
    }
}

static void note_drift(InstanceOp *op, Value before, Value after, const ResourceAddr *origin) {
    Drift *drift = arena_new(op->walk_arena, Drift);
    drift->address = op->record->address;
    drift->provider = str_from_cstr(op->provider->provider->address);
    drift->schema = op->schema;
    drift->action = value_is_null(after) ? ACTION_DELETE : ACTION_UPDATE;
    if (origin)
        drift->previous = *origin;
    if (value_equal(before, after))
        drift->action = ACTION_NO_OP;
    drift->before = value_clone(before, op->keep);
    drift->after = value_clone(after, op->keep);
    op->record->drift = drift;
}

static Value configured_now(void *payload) {
    InstanceOp *op = payload;
    const ResourceNode *resource = op->resource;
    InstanceRecord *record = op->record;
    Value none = value_null(schema_implied_type(op->schema)), marked;
    Diags ignored = diags_new(op->scratch);
    ModuleScope scope;
    if (!resource->decoded || record->removal != REASON_NONE || record->deposed.len > 0)
        return none;
    module_scope_init_instance(&scope, record);
    if (!decode_eval(resource->decoded, &scope.scope, &marked, op->scratch, &ignored))
        return none;
    Value bare = value_unmark_deep(marked, op->scratch);
    return module_origin_check(&scope, op->schema, resource->decoded, bare, op->scratch, &ignored)
               ? bare
               : none;
}

static bool refresh_same_identity(Value a, Value b) {
    if (value_is_null(a) || value_is_null(b))
        return value_is_null(a) && value_is_null(b);
    return value_equal(a, b);
}

static bool instance_refresh_read_object(InstanceOp *op, const StateObject *object, Value prior,
                                         Value *out) {
    Str id = instance_op_object_id(op, prior);
    instance_op_send(op, EVENT_REFRESH_START, id);
    ReadRequest request = {.state = value_unmark_deep(prior, op->scratch),
                           .private_data = object->private_data,
                           .configured = configured_now,
                           .payload = op};
    ReadResponse response;
    if (!object_identity_decode(op, object, &request.identity))
        return false;
    if (!provider_call_read(op, &request, &response))
        return false;
    instance_op_send(op, EVENT_REFRESH_END, id);
    *out = prior;
    if (response.deferral) {
        op->record->deferral = response.deferral;
        return true;
    }
    const ResourceAddr *origin = instance_refresh_find_origin(op);
    bool is_same = value_equal(request.state, response.state);
    if (is_same && origin && op->walk->options->mode == PLAN_REFRESH_ONLY)
        note_drift(op, prior, prior, origin);
    bool has_same_private = str_equal(request.private_data, response.private_data);
    bool has_same_identity = refresh_same_identity(request.identity, response.identity);
    if (is_same && has_same_private && has_same_identity)
        return true;
    if (!is_same) {
        *out = object_marks_keep(op, prior, response.state);
        note_drift(op, prior, *out, origin);
        instance_refresh_add_fields(op->record->drift, &response.changes, op->keep);
    }
    instance_refresh_set_object(
        op->record,
        state_object_clone(stored_object_encode(op, *out, object->status, response.private_data,
                                                response.identity),
                           op->keep));
    return true;
}

/* Writes the union of two sorted lists to `names`, unless that is NULL. Returns its count. */
static size_t unite_names(const Str *a, size_t a_count, const Str *b, size_t b_count, Str *names) {
    size_t count = 0;
    while (a_count > 0 || b_count > 0) {
        int order = a_count == 0 ? 1 : b_count == 0 ? -1 : str_compare(*a, *b);
        if (names)
            names[count] = order > 0 ? *b : *a;
        count++;
        if (order <= 0) {
            a++;
            a_count--;
        }
        if (order >= 0) {
            b++;
            b_count--;
        }
    }
    return count;
}

/* Returns true if the state names the provider configuration that the resource uses now. */
static bool instance_refresh_is_same_provider(const InstanceOp *op) {
    const InstanceRecord *record = op->record;
    const StateResource *stored = record->stored_resource;
    return str_equal(record->stored->provider_key, record->provider_key) &&
           (!stored || !op->resource->config ||
            (str_equal(stored->provider_config.alias, op->provider->address.alias) &&
             str_equal(stored->provider_config.module, op->provider->address.module)));
}

/* Updates the facts that a deletion needs after the block is gone: provider configuration,
 * dependencies, create_before_destroy, skip_destroy. A refresh adds the dependencies of the
 * configuration to the stored ones. Without a refresh, the stored dependencies stay until the
 * object changes. */
static void update_facts(InstanceOp *op) {
    const ResourceNode *resource = op->resource;
    InstanceRecord *record = op->record;
    const StateObject *object = record->refreshed;
    if (record->stored && !instance_refresh_is_same_provider(op))
        instance_refresh_set_object(record, object);
    bool is_imported = import_source_is_known(&record->import);
    if (!object || !resource->config || record->removal != REASON_NONE || record->deposed.len > 0 ||
        is_imported)
        return;
    size_t new_count = op->walk->options->skip_refresh ? 0 : resource->dependency_count;
    size_t count = unite_names(object->dependencies, object->dependency_count,
                               resource->dependencies, new_count, NULL);
    bool skip_destroy = !resource->config->lifecycle.destroy;
    if (count == object->dependency_count &&
        object->create_before_destroy == resource->create_before_destroy &&
        object->skip_destroy == skip_destroy)
        return;
    StateObject *updated = arena_new(op->keep, StateObject);
    Str *names = arena_new_array(op->keep, Str, count);
    *updated = *object;
    updated->create_before_destroy = resource->create_before_destroy;
    updated->skip_destroy = skip_destroy;
    updated->dependencies = names;
    updated->dependency_count = unite_names(object->dependencies, object->dependency_count,
                                            resource->dependencies, new_count, names);
    instance_refresh_set_object(record, updated);
}

/* Imports the object with the import id. Errors are about the id, not about the configuration. */
static bool call_import(InstanceOp *op, ImportResponse *imported) {
    size_t before = op->diags.count;
    ImportRequest request = {op->record->import.id, op->record->import.identity};
    bool ok = provider_call_import(op, &request, imported);
    diags_set_subject(&op->diags, before, DIAG_RELATION);
    return ok;
}

static bool report_absent_import(InstanceOp *op) {
    const ImportSource *import = &op->record->import;
    size_t before = op->diags.count;
    diags_error(&op->diags, NO_RANGE, "Cannot import non-existent remote object",
                "%.*s: there is no object with the %s \"%.*s\". Only an existing object can be "
                "imported. To create a new object, remove the import.",
                STR_ARG(op->address), import->id.len > 0 ? "ID" : "identity",
                STR_ARG(import_source_text(import, op->scratch)));
    diags_set_subject(&op->diags, before, DIAG_RELATION);
    return false;
}

/* An object is imported by `id`, by a block or the command. */
static void refresh_send_import(const InstanceOp *op, Str id) {
    WalkEvent event = instance_op_event(op, EVENT_REFRESH_START);
    event.id = id;
    event.is_import = !op->walk->options->import;
    hooks_send(op->walk->engine->hooks, &event);
}

static bool instance_refresh_import(InstanceOp *op, Value *out) {
    if (!instance_op_require_provider(op))
        return false;
    ImportResponse imported;
    ReadResponse read;
    if (!call_import(op, &imported))
        return false;
    if (imported.deferral) {
        op->record->deferral = imported.deferral;
        *out = value_null(schema_implied_type(op->schema));
        return true;
    }
    Str id = op->record->import.id;
    Str name = id.len ? id : instance_op_object_id(op, imported.state);
    refresh_send_import(op, name);
    ReadRequest request = {imported.state, imported.private_data, imported.identity};
    if (!provider_call_read(op, &request, &read))
        return false;
    instance_op_send(op, EVENT_REFRESH_END, name);
    if (read.deferral) {
        op->record->deferral = read.deferral;
        *out = value_null(schema_implied_type(op->schema));
        return true;
    }
    if (value_is_null(read.state))
        return report_absent_import(op);
    if (value_is_present(op->record->import.identity)) /* the provider completes it */
        op->record->import.identity = object_identity_clone(read.identity, op->keep);
    *out = object_marks_add(op, read.state, NULL);
    StateObject found =
        *stored_object_encode(op, *out, OBJECT_READY, read.private_data, read.identity);
    found.dependencies = NULL; /* unknown: no apply of this configuration created the object */
    found.dependency_count = 0;
    found.create_before_destroy = false;
    instance_refresh_set_object(op->record, state_object_clone(&found, op->keep));
    return true;
}

static bool instance_refresh_run(InstanceOp *op, Value *out) {
    const StateObject *object;
    if (op->record->import.is_unknown) {
        op->record->deferral = DEFERRAL_RESOURCE_CONFIG;
        *out = value_null(schema_implied_type(op->schema));
        return true;
    }
    if (import_source_is_known(&op->record->import))
        return instance_refresh_import(op, out);
    if (!prior_object(op, &object, out))
        return false;
    op->record->refreshed = object;
    if (!object || op->walk->options->skip_refresh || op->provider->is_deferred)
        return true;
    if (!instance_op_require_provider(op))
        return false;
    Value prior = *out;
    return instance_refresh_read_object(op, object, prior, out);
}

/* Logs the object that the plan continues with, and the facts that the state keeps about it. */
static void instance_refresh_log_object(const InstanceOp *op) {
    static const char *const results[] = {[REFRESH_UNCHANGED] = "unchanged",
                                          [REFRESH_CHANGED] = "changed",
                                          [REFRESH_RECOVERED] = "recovered"};
    const InstanceRecord *record = op->record;
    const StateObject *object = record->refreshed;
    log_debug(
        "object refreshed", log_text("address", op->address), log_text("deposed", record->deposed),
        log_cstr("result", results[record->refresh]), log_number("found", object != NULL),
        log_number("stored", record->stored != NULL), log_number("drift", record->drift != NULL),
        log_number("tainted", object && object->status == OBJECT_TAINTED),
        log_text("dependencies", object ? str_join(object->dependencies, object->dependency_count,
                                                   STR(" "), op->scratch)
                                        : STR_EMPTY),
        log_number("create_before_destroy", object && object->create_before_destroy),
        log_number("skip_destroy", object && object->skip_destroy));
}

bool instance_refresh(InstanceOp *op, Value *out) {
    InstanceRecord *record = op->record;
    if (!instance_refresh_run(op, out)) {
        record->refresh = REFRESH_UNCHANGED;
        return false;
    }
    /* A deferred provider is not called, so an interrupted call stays unresolved. */
    if (record->stored && record->stored->pending && !op->provider->is_deferred)
        record->refresh = REFRESH_RECOVERED;
    update_facts(op);
    if (log_enabled(LOG_DEBUG))
        instance_refresh_log_object(op);
    return true;
}
