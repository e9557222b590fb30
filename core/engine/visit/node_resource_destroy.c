/* Deletes objects. The visit of a mirror node deletes removed instances, predecessors of
 * replacements, and deposed objects. */
#include "change_parts.h"
#include "instance.h"
#include "instance_object.h"
#include "invocation.h"
#include "log.h"
#include "node_visit.h"
#include "provider_call.h"

static bool record_gone(InstanceOp *op, uint64_t sequence) {
    JournalOutcome outcome = instance_op_outcome(op, NULL);
    return working_state_record(op->walk->working, sequence, &outcome, &op->diags);
}

static bool destroy_intend(InstanceOp *op, const DeleteRequest *request, uint64_t *sequence) {
    WorkingState *working = op->walk->working;
    if (provider_call_effect(op) == EFFECT_NONE)
        return working_state_may_change(working, &op->diags);
    JournalIntent intent = instance_op_intent(op, PENDING_DELETE);
    intent.generation = instance_op_call(op).generation;
    intent.marker = request->marker;
    if (op->managed->has_parts)
        intent.private_data = request->private_data;
    return working_state_intend(working, &intent, sequence, &op->diags);
}

/* Records the object that a failed deletion left, as returned by the provider. */
static void destroy_record_failure(InstanceOp *op, const StateObject *object, Value prior,
                                   const DeleteRequest *request, const DeleteResponse *response,
                                   uint64_t sequence) {
    bool is_same = value_equal(response->state, request->prior) &&
                   str_equal(response->private_data, request->private_data);
    log_debug("deletion failed", log_text("address", op->address), log_number("same", is_same),
              log_number("left", value_is_present(response->state)),
              log_number("in_doubt", response->in_doubt));
    if (sequence && (response->in_doubt || (is_same && change_parts_has_begun(op->parts))))
        return; /* in doubt: the next run recovers the object */
    if (is_same) {
        if (sequence)
            (void)!working_state_end(op->walk->working, sequence, &op->diags);
        return;
    }
    if (value_is_null(response->state)) {
        (void)!record_gone(op, sequence);
        return;
    }
    Value known = value_unknown_as_null(response->state, op->scratch);
    StateObject left =
        *stored_object_encode(op, object_marks_keep(op, prior, known), object->status,
                              response->private_data, response->identity);
    left.dependencies = object->dependencies;
    left.dependency_count = object->dependency_count;
    left.create_before_destroy = object->create_before_destroy;
    left.skip_destroy = object->skip_destroy;
    JournalOutcome outcome = instance_op_outcome(op, &left);
    (void)!working_state_record(op->walk->working, sequence, &outcome, &op->diags);
}

static bool destroy_call_provider(InstanceOp *op, const StateObject *object, Value prior,
                                  const DeleteRequest *request, uint64_t sequence) {
    DeleteResponse response;
    if (!provider_call_delete(op, request, &response)) {
        destroy_record_failure(op, object, prior, request, &response, sequence);
        return false;
    }
    bool is_whole = !op->parts || change_parts_check_done(op->parts);
    return record_gone(op, sequence) && is_whole;
}

static bool destroy_delete_object(InstanceOp *op, const StateObject *object, Value prior) {
    uint64_t sequence = 0;
    const PlannedChange *run = op->record->planned_change;
    bool is_planned =
        run && run->change->action == ACTION_DELETE && provider_call_plans_destroy(op);
    DeleteRequest request = {
        .prior = value_unmark_deep(prior, op->scratch),
        .private_data = is_planned ? run->change->private_data : object->private_data,
        .identity = run ? run->change->after_identity : (Value){0},
    };
    if (!is_planned && !object_identity_decode(op, object, &request.identity))
        return false;
    MarkerResponse chosen;
    MarkerRequest marked = {value_null(schema_implied_type(op->schema))};
    if (!provider_call_marker(op, PENDING_DELETE, &marked, &chosen))
        return false;
    request.marker = chosen.marker;
    if (!destroy_intend(op, &request, &sequence))
        return false;
    PartWork *parts = NULL;
    if (run && op->managed->has_parts)
        parts = change_parts_open(op, run->change, NULL, sequence);
    bool ok = destroy_call_provider(op, object, prior, &request, sequence);
    change_parts_close(parts);
    return ok;
}

/* Removes the object from the state without deleting it. */
static bool forget_instance(InstanceOp *op) {
    const StateObject *object = working_state_object(op->walk->working, op->record->address,
                                                     op->record->deposed, op->scratch);
    return !object || record_gone(op, 0);
}

/* Tainted and deposed objects are deleted without running destroy-time provisioners. */
static bool provision(InstanceOp *op, const StateObject *object, Value prior) {
    if (op->record->deposed.len > 0 || object->status == OBJECT_TAINTED)
        return true;
    return provision_destroyed(op, &prior);
}

static bool destroy_invoke(InstanceOp *op, bool is_before) {
    return !op->record->planned_change || invocation_run_destroy(op, is_before);
}

static bool destroy_instance(InstanceOp *op) {
    const StateObject *object = working_state_object(op->walk->working, op->record->address,
                                                     op->record->deposed, op->scratch);
    log_debug("object to delete", log_text("address", op->address),
              log_number("found", object != NULL));
    if (!object)
        return true;
    Value prior;
    if (!stored_object_decode(op, object, &prior))
        return false;
    op->action = ACTION_DELETE;
    Str id = instance_op_object_id(op, prior);
    instance_op_send(op, EVENT_APPLY_START, id);
    bool ok = destroy_invoke(op, true) && provision(op, object, prior) &&
              destroy_delete_object(op, object, prior) && destroy_invoke(op, false);
    instance_op_send_end(op, EVENT_APPLY_END, id, ok);
    return ok;
}

static void mark_failed(const InstanceRecord *record) {
    if (record->planned_change)
        record->planned_change->failed = true;
    atomic_store(&record->mirror->has_failed, true);
}

/* A failed deletion sets flags instead of failing the node, so that the other deletions of the
 * block continue. */
static bool run_deletion(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    InstanceRecord *record = op.record;
    if (record->planned_change && record->planned_change->change->action == ACTION_FORGET)
        (void)forget_instance(&op);
    else
        (void)(instance_op_require_provider(&op) && destroy_instance(&op));
    if (instance_op_end(&op))
        return true;
    mark_failed(record);
    return true;
}

static bool deletes(const PlannedChange *run) {
    Action action = run->change->action;
    if (action == ACTION_CREATE_THEN_DELETE)
        return run->deposed.len > 0 && !run->failed;
    return action == ACTION_DELETE || action == ACTION_DELETE_THEN_CREATE ||
           action == ACTION_FORGET;
}

static void destroy_submit(NodeVisit *visit, Node *node, PlannedChange *run) {
    InstanceRecord *record = arena_new(visit->walk_arena, InstanceRecord);
    record->walk = visit->walk;
    record->node = node;
    record->mirror = visit->node;
    record->planned_change = run;
    record->address = run->change->address;
    record->provider_key = run->change->provider_config.key;
    record->deposed = run->deposed.len > 0 ? run->deposed : run->change->deposed;
    WalkTask task = {.run = run_deletion, .payload = record};
    if (run->change->action == ACTION_FORGET) {
        walk_submit(visit->pool, visit->node->id, task);
        return;
    }
    InstanceOp op;
    instance_op_begin(&op, record, visit->worker);
    LimitsRequest request = {.action = LIMIT_DELETE,
                             .object = value_unmark_deep(run->change->before, visit->scratch),
                             .prior = value_null(schema_implied_type(op.schema))};
    if (provider_call_limits(&op, &request, &task))
        walk_submit(visit->pool, visit->node->id, task);
    else
        mark_failed(record);
}

/* Removes the data sources of a block from the state, after the deletions. */
static bool forget_data(NodeVisit *visit, const Node *node) {
    bool ok = true;
    WorkingState *working = visit->walk->working;
    vec_each(&node->module->instances, module) {
        const ResourceExpansion *expansion = node_slot(node, *module)->payload;
        for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
            JournalOutcome outcome = {.address = expansion->records[i].address};
            if (working_state_object(working, outcome.address, STR_EMPTY, visit->scratch))
                ok = working_state_record(working, 0, &outcome, &visit->diags) && ok;
        }
    }
    return ok;
}

bool node_destroy_visit(NodeVisit *visit) {
    Node *node = visit->node->as.mirrored;
    bool is_blocked_here = node_is_blocked(visit->walk, visit->node);
    if (is_blocked_here)
        atomic_store(&visit->node->has_failed, true);
    if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
        return true;
    const Resource *config = node->as.resource->config;
    if (config && config->mode == MODE_DATA) {
        bool forgets = visit->walk->plan->mode == PLAN_DESTROY && !is_blocked_here;
        return !forgets || !node->is_target || forget_data(visit, node);
    }
    vec_each(&node->as.resource->planned, run) {
        bool is_replaced = action_is_replace((*run)->change->action);
        bool stays = is_replaced && !node_wants(node->as.resource, (*run)->change->address.key);
        bool is_deleted = deletes(*run) && !stays;
        log_debug("deletion", log_text("name", node->name),
                  log_cstr("change", action_name((*run)->change->action)),
                  log_number("deleted", is_deleted), log_number("blocked", is_blocked_here),
                  log_number("failed", (*run)->failed));
        if (!is_deleted)
            continue;
        if (is_blocked_here)
            (*run)->failed = true;
        else
            destroy_submit(visit, node, *run);
    }
    return true;
}
