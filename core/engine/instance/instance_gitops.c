/* Calls the slot `gitops` of a type about a stored object. Changes neither plan nor state. */
#include "instance.h"

#include "instance_object.h"
#include "provider_call.h"

static GitopsRow keep_row(const GitopsRow *row, Arena *arena) {
    return (GitopsRow){
        .object = str_clone(row->object, arena),
        .ready = str_clone(row->ready, arena),
        .revision = str_clone(row->revision, arena),
        .message = str_clone(row->message, arena),
        .is_suspended = row->is_suspended,
    };
}

static void keep_response(InstanceOp *op, const GitopsResponse *response) {
    GitopsResponse *kept = arena_new(op->keep, GitopsResponse);
    vec_each(&response->rows, row) {
        vec_push(op->keep, &kept->rows, keep_row(row, op->keep));
    }
    op->record->gitops = kept;
}

static void gitops_send(const InstanceOp *op, WalkEventKind kind, bool ok) {
    WalkEvent event = instance_op_event(op, kind);
    event.operation = "reconcile";
    event.failed = !ok;
    hooks_send(op->walk->engine->hooks, &event);
}

static bool gitops_call_provider(InstanceOp *op, Value object) {
    const GitopsOptions *options = op->walk->options->gitops;
    bool waits = options->action == GITOPS_RECONCILE;
    GitopsRequest request = {options->action, value_unmark_deep(object, op->scratch),
                             options->with_source};
    GitopsResponse response = {0};
    if (waits)
        gitops_send(op, EVENT_OPERATION_START, true);
    bool ok = provider_call_gitops(op, options->timeout_ms, &request, &response);
    if (waits)
        gitops_send(op, EVENT_OPERATION_END, ok);
    if (ok)
        keep_response(op, &response);
    return ok;
}

bool instance_gitops(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    Value object;
    instance_op_begin(&op, payload, worker);
    const StateObject *stored = op.record->stored ? op.record->stored->current : NULL;
    op.record->value = value_unknown(schema_implied_type(op.schema));
    if (stored && instance_op_require_provider(&op) && stored_object_decode(&op, stored, &object) &&
        gitops_call_provider(&op, object))
        op.record->value = value_clone(object, op.keep);
    return instance_op_end(&op);
}
