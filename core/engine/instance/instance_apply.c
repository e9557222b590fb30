/* Applies one planned change of a resource instance. It plans again with the values known now,
 * compares with the approved change, writes the intent, calls the provider, and records the
 * outcome. node_resource_destroy.c applies deletions. */
#include "instance.h"

#include "change_parts.h"
#include "conform.h"
#include "instance_object.h"
#include "invocation.h"
#include "json.h"
#include "log.h"
#include "propose.h"
#include "provider_call.h"

typedef struct Applying {
    InstanceOp op;
    ModuleScope scope;
    Configured written; /* evaluated configuration */
    Configured wanted;  /* `written` after ignore_changes */
    const ResourceChange *change;
    const StateObject *stored; /* current object before the change; NULL: none */
    Value before;              /* `stored` as a marked value; null: create */
    Value prior;               /* `before` without marks */
    PlanResponse response;
    Str marker;        /* of the call */
    bool has_call;     /* the change calls the provider */
    bool is_prepared;  /* everything that precedes the call has succeeded */
    uint64_t sequence; /* of the journal intent; 0: none */
    PartWork *parts;   /* NULL: the type has no parts */
} Applying;

/* Returns whether the intents of several instances share a sync: then the call is the second part
 * of the task. */
static bool is_batched(const InstanceOp *op) {
    return op->owns_scratch;
}

static bool instance_apply_record(Applying *applying, const StateObject *object) {
    JournalOutcome outcome = instance_op_outcome(&applying->op, object);
    return working_state_record(applying->op.walk->working, applying->sequence, &outcome,
                                &applying->op.diags);
}

static bool instance_apply_configure(Applying *applying) {
    InstanceOp *op = &applying->op;
    module_scope_init_instance(&applying->scope, op->record);
    if (!instance_conditions_before(op, &applying->scope) ||
        !configured_read(op, &applying->scope, &applying->written))
        return false;
    if (value_is_wholly_known(applying->written.value))
        return true;
    return diags_fail(&op->diags, NO_RANGE, "Configuration contains unknown value",
                      "The configuration of %.*s still contains unknown values, although all of "
                      "its dependencies are applied. This is a bug in loam or in a provider.",
                      STR_ARG(op->address));
}

/* Values that are known now must not turn an approved update into a replacement. Values of
 * write-only arguments are not stored, and the plan has already compared them. */
static bool check_still_update(Applying *applying) {
    InstanceOp *op = &applying->op;
    if (value_is_null(applying->prior))
        return true;
    vec_each(&applying->response.requires_replace, path) {
        if (!propose_changes_at(applying->prior, &applying->response, *path))
            continue;
        return diags_fail(&op->diags, NO_RANGE, "Provider produced inconsistent final plan",
                          "%.*s was approved for an update in place, but %.*s now requires a "
                          "replacement. Make a new plan.",
                          STR_ARG(op->address), STR_ARG(path_to_str(*path, op->scratch)));
    }
    return true;
}

/* Returns the private data of the stored object for an update, and of the plan for a creation. */
static Str instance_apply_private_data_of(const Applying *applying) {
    bool is_update = value_is_present(applying->prior) && applying->stored;
    return is_update ? applying->stored->private_data : applying->change->private_data;
}

/* Writes the differences from the plan to the log, for a legacy provider. */
static void apply_log_result(InstanceOp *op, Value planned, Value actual) {
    Diags differences = diags_new(op->scratch);
    if (!log_enabled(LOG_WARN) ||
        conform_result(op->schema, planned, actual, "result", op->scratch, &differences))
        return;
    conform_log(op->address, &differences);
}

static bool instance_apply_is_as_planned(Applying *applying, Value planned, Value actual,
                                         bool is_legacy, const char *summary) {
    InstanceOp *op = &applying->op;
    if (!is_legacy)
        return provider_call_check_result(op, planned, actual, &applying->wanted.sensitive,
                                          summary);
    apply_log_result(op, planned, actual);
    return true;
}

/* Returns whether the approved change was planned with the configuration of now. Then it is the
 * response of the provider, too. */
static bool is_planned(Applying *applying) {
    InstanceOp *op = &applying->op;
    const ResourceChange *change = applying->change;
    bool is_same = change->config_digest.len > 0 &&
                   str_equal(change->config_digest,
                             configured_digest(&applying->wanted, op->schema, op->scratch));
    log_debug("plan again", log_text("address", op->address), log_number("needed", !is_same));
    if (!is_same)
        return false;
    applying->response = (PlanResponse){
        .planned = value_unmark_deep(change->after, op->scratch),
        .private_data = change->private_data,
        .identity = change->after_identity,
        .is_legacy = change->is_legacy,
    };
    return true;
}

static bool instance_apply_plan_again(Applying *applying) {
    InstanceOp *op = &applying->op;
    applying->wanted = applying->written;
    configured_ignore_changes(op, applying->before, &applying->wanted);
    if (is_planned(applying)) {
        object_marks_inherit(op, applying->before, applying->response.planned,
                             applying->wanted.value, &applying->wanted.sensitive);
        return true;
    }
    if (!provider_call_validate(op, applying->written.value))
        return false;
    Value identity = {0};
    if (value_is_present(applying->prior) &&
        !object_identity_decode(op, applying->stored, &identity))
        return false;
    Proposal proposal = {applying->prior, &applying->wanted,
                         instance_apply_private_data_of(applying), identity, applying->change};
    if (!propose_plan(op, &proposal, &applying->response))
        return false;
    object_marks_inherit(op, applying->before, applying->response.planned, applying->wanted.value,
                         &applying->wanted.sensitive);
    Value approved = value_unmark_deep(applying->change->after, op->scratch);
    return instance_apply_is_as_planned(applying, approved, applying->response.planned,
                                        applying->response.is_legacy,
                                        "Provider produced inconsistent final plan") &&
           check_still_update(applying) &&
           (!op->managed->has_parts ||
            change_parts_check_final(op, applying->prior, &applying->response, applying->change));
}

static Str planned_json(const InstanceOp *op, Value planned, Arena *arena) {
    return json_typed_text(value_unknown_as_null(planned, arena), schema_implied_type(op->schema),
                           arena);
}

/* Returns the sensitive paths for the intent, so that a recovered object keeps its marks. */
static Str instance_apply_sensitive_paths(Applying *applying) {
    InstanceOp *op = &applying->op;
    if (applying->wanted.sensitive.count == 0)
        return STR_EMPTY;
    Value known = value_unknown_as_null(applying->response.planned, op->scratch);
    Value marked = object_marks_add(op, known, &applying->wanted.sensitive);
    return stored_object_encode(op, marked, OBJECT_READY, STR_EMPTY, (Value){0})
        ->sensitive_attributes;
}

/* Removes the predecessor from the state without deleting it. It is no longer managed. */
static bool forget_predecessor(Applying *applying) {
    if (applying->change->action != ACTION_FORGET_THEN_CREATE || !applying->stored)
        return true;
    applying->stored = NULL;
    return instance_apply_record(applying, NULL);
}

/* Returns whether a provisioner runs after a creation of the resource. */
static bool apply_follows_creation(const ResourceNode *resource) {
    vec_each(&resource->provisioners, provisioner) {
        if (!provisioner->config->on_destroy)
            return true;
    }
    return false;
}

/* Returns true if provisioners are part of this creation. The creation ends after them. */
static bool is_provisioned(const Applying *applying) {
    return value_is_null(applying->prior) && apply_follows_creation(applying->op.resource);
}

/* Returns whether a failed invocation of the creation would taint the object. */
static bool apply_may_taint(const ResourceChange *change) {
    vec_each(&change->invocations, invocation) {
        if (invocation->on_failure == INVOKE_TAINTS && invocation->event == INVOKE_AFTER_CREATE)
            return true;
    }
    return false;
}

/* Returns true if the creation ends only after provisioners or actions, whose failure taints the
 * object. */
static bool ends_late(const Applying *applying) {
    return is_provisioned(applying) ||
           (value_is_null(applying->prior) && apply_may_taint(applying->change));
}

static bool instance_apply_intend(Applying *applying, PendingAction action) {
    InstanceOp *op = &applying->op;
    if (provider_call_effect(op) == EFFECT_NONE)
        return working_state_may_change(op->walk->working, &op->diags);
    /* An object with many parts is large, and its text is not needed during the call. */
    SCOPED(ArenaRef) own = op->managed->has_parts ? arena_open("planned object") : NULL;
    JournalIntent intent = instance_op_intent(op, action);
    intent.generation = instance_op_call(op).generation;
    intent.marker = applying->marker;
    intent.private_data = applying->response.private_data;
    intent.planned = planned_json(op, applying->response.planned, own ? own : op->scratch);
    intent.sensitive = instance_apply_sensitive_paths(applying);
    intent.is_provisioned = ends_late(applying);
    intent.dependencies = op->resource->dependencies;
    intent.dependency_count = op->resource->dependency_count;
    intent.is_batched = is_batched(op);
    return working_state_intend(op->walk->working, &intent, &applying->sequence, &op->diags);
}

/* create_before_destroy: gives the predecessor a deposed key before the successor is created. */
static bool depose(Applying *applying) {
    InstanceOp *op = &applying->op;
    PlannedChange *run = op->record->planned_change;
    if (applying->change->action != ACTION_CREATE_THEN_DELETE || !applying->stored)
        return true;
    run->deposed = working_state_new_deposed_key(op->walk->working, op->record->address, op->keep);
    return working_state_depose(op->walk->working, op->record->address, run->deposed, &op->diags);
}

/* Makes a deposed predecessor the current object again, after a failure. */
static void instance_apply_restore(Applying *applying) {
    InstanceOp *op = &applying->op;
    Str key = op->record->planned_change->deposed;
    op->record->planned_change->deposed = STR_EMPTY;
    (void)!working_state_restore(op->walk->working, op->record->address, key, &op->diags);
}

static bool record_status(Applying *applying, Value marked, ObjectStatus status,
                          const ApplyResponse *response) {
    return instance_apply_record(applying,
                                 stored_object_encode(&applying->op, marked, status,
                                                      response->private_data, response->identity));
}

/* Records a failed call. An object that a failed creation left incomplete is tainted, so that the
 * next plan replaces it. */
static void instance_apply_record_failure(Applying *applying, Value state,
                                          const ApplyResponse *response) {
    InstanceOp *op = &applying->op;
    bool is_create = value_is_null(applying->prior);
    op->record->planned_change->failed = true;
    log_debug("call failed", log_text("address", op->address), log_number("create", is_create),
              log_number("left", value_is_present(state)),
              log_number("in_doubt", response->in_doubt));
    if (value_is_present(state)) {
        Value known = value_unknown_as_null(state, op->scratch);
        Value marked = object_marks_add(op, known, &applying->wanted.sensitive);
        if (!is_create) /* parts of the prior object may still exist */
            marked = object_marks_keep(op, applying->before, marked);
        /* For a type with parts, the state lists the existing parts; the next plan creates the
         * others. */
        bool has_use = op->managed->has_parts || response->is_complete;
        bool is_kept = !is_create || (has_use && !is_provisioned(applying));
        ObjectStatus status = is_kept ? OBJECT_READY : OBJECT_TAINTED;
        (void)record_status(applying, marked, status, response);
        return;
    }
    /* If the outcome is in doubt, the intent stays and the next run recovers the object. Reasons:
     * the call was abandoned, its result was lost, or begun parts are not accounted for. */
    bool in_doubt = response->in_doubt || change_parts_has_begun(applying->parts) ||
                    cancel_level(op->walk->engine->cancel) == CANCEL_NOW;
    if (is_create)
        atomic_store(&op->resource->creation_failed, true);
    if (applying->sequence && in_doubt)
        return;
    if (applying->sequence)
        (void)!working_state_end(op->walk->working, applying->sequence, &op->diags);
    instance_apply_restore(applying);
}

/* Makes the invocations of one side of the call. */
static bool instance_apply_invoke(Applying *applying, bool is_before, Value marked, bool *taints) {
    InstanceOp *op = &applying->op;
    if (invocation_run(op, &applying->scope, is_before, marked, taints))
        return true;
    op->record->planned_change->failed = true;
    return false;
}

/* A new object is tainted until its provisioners, and the actions that may taint it, have ended.
 * After a crash, the next plan must replace it. */
static bool record_late(Applying *applying, Value marked, const ApplyResponse *response) {
    InstanceOp *op = &applying->op;
    bool taints;
    if (!record_status(applying, marked, OBJECT_TAINTED, response))
        return false;
    applying->sequence = 0; /* its intent has an outcome now */
    if (is_provisioned(applying) && !provision_created(op, &applying->scope, &marked)) {
        op->record->planned_change->failed = true;
        return false;
    }
    bool is_invoked = instance_apply_invoke(applying, false, marked, &taints);
    return (taints || record_status(applying, marked, OBJECT_READY, response)) && is_invoked;
}

static bool record_ready(Applying *applying, Value marked, const ApplyResponse *response) {
    bool ignored;
    if (ends_late(applying))
        return record_late(applying, marked, response);
    return record_status(applying, marked, OBJECT_READY, response) &&
           instance_apply_invoke(applying, false, marked, &ignored);
}

static Str unknown_names(Value object, Arena *arena) {
    StrVec names = {0};
    for (size_t i = 0; value_is_present(object) && i < object.count; i++) {
        if (!value_is_wholly_known(value_at(object, i)))
            vec_push(arena, &names, value_key_at(object, i));
    }
    return str_join(names.items, names.count, STR(", "), arena);
}

static bool record_success(Applying *applying, const ApplyResponse *response) {
    InstanceOp *op = &applying->op;
    Value state = response->state;
    if (!value_is_wholly_known(state)) {
        diags_error(&op->diags, NO_RANGE, "Provider returned invalid result object after apply",
                    "%.*s still contains unknown values after apply (%.*s). This is a bug in the "
                    "provider.",
                    STR_ARG(op->address), STR_ARG(unknown_names(state, op->scratch)));
        state = value_unknown_as_null(state, op->scratch);
    }
    bool kept_word = instance_apply_is_as_planned(
                         applying, applying->response.planned, state, response->is_legacy,
                         "Provider produced inconsistent result after apply") &&
                     (!applying->parts || change_parts_check_done(applying->parts));
    if (!kept_word || diags_has_errors(&op->diags)) {
        instance_apply_record_failure(applying, state, response);
        return false;
    }
    Value marked = object_marks_add(op, state, &applying->wanted.sensitive);
    if (!record_ready(applying, marked, response))
        return false;
    op->record->value = marked;
    return true;
}

static bool prepare_call(Applying *applying) {
    InstanceOp *op = &applying->op;
    MarkerResponse chosen;
    PendingAction action = value_is_null(applying->prior) ? PENDING_CREATE : PENDING_UPDATE;
    if (!provider_call_marker(op, action, &(MarkerRequest){applying->response.planned}, &chosen))
        return false;
    applying->marker = chosen.marker;
    if (!forget_predecessor(applying) || !depose(applying))
        return false;
    bool ok = instance_apply_intend(applying, action);
    if (!ok)
        instance_apply_restore(applying);
    return ok;
}

/* The payload is the operation, the first member of an Applying. The intent stays open. */
static bool keep_state(void *payload, Value state, Diags *diags) {
    Applying *applying = payload;
    InstanceOp *op = &applying->op;
    Value known = value_unknown_as_null(state, op->scratch);
    Value marked = object_marks_keep(op, applying->before,
                                     object_marks_add(op, known, &applying->wanted.sensitive));
    JournalOutcome outcome = instance_op_outcome(
        op, stored_object_encode(op, marked, OBJECT_READY, applying->response.private_data,
                                 applying->response.identity));
    return working_state_keep(op->walk->working, &outcome, diags);
}

static bool instance_apply_call_provider(Applying *applying) {
    InstanceOp *op = &applying->op;
    const Type *type = schema_implied_type(op->schema);
    ApplyRequest request = {
        .prior = applying->prior,
        .planned = applying->response.planned,
        .config = applying->written.value,
        .private_data = applying->response.private_data,
        .identity = applying->response.identity,
        .marker = applying->marker,
    };
    ApplyResponse response = {.state = value_null(type)};
    if (op->managed->has_parts)
        applying->parts =
            change_parts_open(op, applying->change, &applying->response, applying->sequence);
    op->keep_state = value_is_null(applying->prior) ? NULL : keep_state;
    bool ok = provider_call_apply(op, &request, &response);
    op->keep_state = NULL;
    if (ok)
        ok = record_success(applying, &response);
    else
        instance_apply_record_failure(applying, response.state, &response);
    change_parts_close(applying->parts);
    return ok;
}

/* Only marks or stored facts changed: saves the object without calling the provider. */
static bool save_marks(Applying *applying) {
    InstanceOp *op = &applying->op;
    Value marked = object_marks_add(op, applying->prior, &applying->wanted.sensitive);
    Value identity;
    op->record->value = marked;
    return object_identity_decode(op, applying->stored, &identity) &&
           instance_apply_record(applying,
                                 stored_object_encode(op, marked, OBJECT_READY,
                                                      applying->stored->private_data, identity));
}

static void instance_apply_send_end(const InstanceOp *op, bool ok) {
    Str id = ok ? instance_op_object_id(op, op->record->value) : STR_EMPTY;
    instance_op_send_end(op, EVENT_APPLY_END, id, ok);
}

/* The value does not change. If its marks do, this is the planned update, and events are sent. */
static void apply_marks(Applying *applying) {
    InstanceOp *op = &applying->op;
    Value marked = object_marks_add(op, applying->prior, &applying->wanted.sensitive);
    bool is_identical = value_identical(applying->before, marked);
    log_debug("marks applied", log_text("address", op->address),
              log_number("identical", is_identical));
    bool ignored, ok;
    if (is_identical) {
        ok = save_marks(applying);
    } else {
        instance_op_send(op, EVENT_APPLY_START, instance_op_object_id(op, applying->prior));
        ok = instance_apply_invoke(applying, true, marked, &ignored) && save_marks(applying) &&
             instance_apply_invoke(applying, false, marked, &ignored);
        instance_apply_send_end(op, ok);
    }
    if (ok)
        (void)!instance_conditions_after(op, &applying->scope);
}

static void instance_apply_send_start(const Applying *applying) {
    const InstanceOp *op = &applying->op;
    instance_op_send(op, EVENT_APPLY_START, instance_op_object_id(op, applying->prior));
}

static bool invoke_before(Applying *applying) {
    InstanceOp *op = &applying->op;
    bool ignored;
    if (applying->change->invocations.count == 0)
        return true;
    Value planned = object_marks_add(op, applying->response.planned, &applying->wanted.sensitive);
    return instance_apply_invoke(applying, true, planned, &ignored);
}

/* Does everything that precedes the call of the provider. */
static void prepare_change(Applying *applying) {
    InstanceOp *op = &applying->op;
    /* 1. Evaluate the arguments again: more values are known now. */
    if (!instance_apply_configure(applying))
        return;
    bool is_update = applying->change->action == ACTION_UPDATE;
    applying->before = value_null(schema_implied_type(op->schema));
    if (is_update && !stored_object_decode(op, applying->stored, &applying->before))
        return;
    applying->prior = value_unmark_deep(applying->before, op->scratch);
    /* 2. Plan again; the result must agree with the approved plan. */
    if (!instance_apply_plan_again(applying))
        return;
    /* 3. If only marks differ, save the object without a call. */
    if (is_update && value_equal(applying->prior, applying->response.planned)) {
        apply_marks(applying);
        return;
    }
    if (!instance_op_require_provider(op))
        return;
    /* 4. Invoke the actions that precede the change, then write the intent. */
    applying->has_call = true;
    if (!is_batched(op))
        instance_apply_send_start(applying);
    applying->is_prepared = invoke_before(applying) && prepare_call(applying);
}

static void finish_change(Applying *applying) {
    InstanceOp *op = &applying->op;
    if (!applying->has_call)
        return;
    if (is_batched(op))
        instance_apply_send_start(applying);
    /* 5. Call the provider and write the outcome. */
    bool ok = applying->is_prepared && instance_apply_call_provider(applying);
    instance_apply_send_end(op, ok);
    /* 6. Evaluate the postconditions. */
    if (ok)
        (void)!instance_conditions_after(op, &applying->scope);
}

/* Keeps the value for the rest of the walk if references need it; otherwise it becomes unknown. */
static void instance_apply_keep_value(InstanceOp *op) {
    InstanceRecord *record = op->record;
    record->value = node_is_read(op->walk, op->resource->value)
                        ? value_clone(record->value, op->walk_arena)
                        : value_unknown(record->value.type);
}

/* No change is planned: references see the planned or stored object. For a planned no-op, the
 * conditions are evaluated again. */
static void instance_apply_keep_object(InstanceOp *op) {
    const PlannedChange *run = op->record->planned_change;
    if (run && run->change->action == ACTION_NO_OP) {
        op->record->value = run->change->after;
        ModuleScope scope;
        module_scope_init_instance(&scope, op->record);
        (void)(instance_conditions_before(op, &scope) && instance_conditions_after(op, &scope));
        return;
    }
    if (node_is_read(op->walk, op->resource->value))
        (void)!stored_object_keep(
            op,
            working_state_object(op->walk->working, op->record->address, STR_EMPTY, op->scratch),
            op->walk_arena);
}

static bool is_change(Action action) {
    return action == ACTION_CREATE || action == ACTION_UPDATE || action_is_replace(action) ||
           action == ACTION_FORGET_THEN_CREATE;
}

static bool instance_apply_finish(Applying *applying) {
    InstanceOp *op = &applying->op;
    finish_change(applying);
    log_debug("apply task", log_text("address", op->address),
              log_number("ok", !diags_has_errors(&op->diags)),
              log_number("sequence", (int64_t)applying->sequence));
    instance_apply_keep_value(op);
    return instance_op_end(op);
}

/* The run is cancelled before the call. */
static void instance_apply_abandon(Applying *applying) {
    InstanceOp *op = &applying->op;
    (void)!working_state_end(op->walk->working, applying->sequence, &op->diags);
    instance_apply_restore(applying);
    (void)instance_op_end(op);
}

/* The second part of a task. */
static bool call_after_commit(Walk *pool, void *payload, uint32_t worker) {
    Applying *applying = payload;
    InstanceOp *op = &applying->op;
    instance_op_continue(op, worker);
    if (walk_is_stopping(pool)) {
        instance_apply_abandon(applying);
        return false;
    }
    applying->is_prepared = working_state_commit(op->walk->working, applying->sequence, &op->diags);
    if (!applying->is_prepared)
        instance_apply_restore(applying);
    return instance_apply_finish(applying);
}

static bool instance_apply_run(Walk *pool, Applying *applying) {
    InstanceOp *op = &applying->op;
    op->record->value = value_unknown(schema_implied_type(op->schema));
    const PlannedChange *run = op->record->planned_change;
    log_debug("instance to apply", log_text("address", op->address),
              log_cstr("change", run ? action_name(run->change->action) : ""),
              log_number("failed", run && run->failed));
    if (!run || !is_change(run->change->action)) {
        instance_apply_keep_object(op);
        return instance_op_end(op);
    }
    if (run->failed) { /* a failed deletion that had to precede it is reported */
        op->record->failure = FAILURE_ERROR;
        (void)instance_op_end(op); /* may free `op` */
        return false;
    }
    applying->change = run->change;
    op->action = run->change->action == ACTION_UPDATE ? ACTION_UPDATE : ACTION_CREATE;
    applying->stored =
        working_state_object(op->walk->working, op->record->address, STR_EMPTY, op->scratch);
    prepare_change(applying);
    if (!applying->is_prepared || !applying->sequence || !is_batched(op))
        return instance_apply_finish(applying);
    WalkTask rest = {.run = call_after_commit, .payload = applying};
    walk_yield(pool, op->node->id, rest);
    return true;
}

bool instance_apply(Walk *pool, void *payload, uint32_t worker) {
    Applying applying = {0};
    instance_op_begin(&applying.op, payload, worker);
    return instance_apply_run(pool, &applying);
}

bool instance_apply_batched(Walk *pool, void *payload, uint32_t worker) {
    Arena *own = arena_open("instance");
    Applying *applying = arena_new(own, Applying);
    instance_op_begin_own(&applying->op, payload, worker, own);
    return instance_apply_run(pool, applying);
}
