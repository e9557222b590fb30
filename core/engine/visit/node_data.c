/* Plans or applies one instance of a data source. The plan reads it if its configuration is known
 * and no dependency will change. */
#include "configured.h"
#include "deferrals.h"
#include "instance.h"
#include "instance_object.h"
#include "node_visit.h"
#include "provider_call.h"

/* Reads the data source. If the provider defers the read to the apply, sets `*deferred` to the
 * reason and leaves `*out` unset. */
static bool data_read_source(InstanceOp *op, const Configured *configured, Value *out,
                             Str *deferred) {
    DataReadRequest request = {configured->value};
    DataReadResponse response = {0};
    if (!provider_call_read_data(op, &request, &response))
        return false;
    *deferred = response.deferred;
    op->record->deferral = response.deferral;
    if (deferred->len > 0 || response.deferral)
        return true;
    if (!value_is_wholly_known(response.state))
        return diags_fail(&op->diags, NO_RANGE, "Provider produced invalid object",
                          "The result of data source %.*s contains unknown values. This is a bug "
                          "in the provider.",
                          STR_ARG(op->address));
    *out = object_marks_add(op, response.state, &configured->sensitive);
    return true;
}

static void postpone(InstanceOp *op, const Configured *configured, ActionReason reason) {
    ResourceChange *change = instance_op_new_change(op);
    change->config = value_clone(configured->marked, op->keep);
    change->action = ACTION_READ;
    change->reason = reason;
    change->after = value_clone(
        object_marks_add(op, deferred_read_object(op, configured->value), &configured->sensitive),
        op->keep);
    op->record->value = change->after;
    if (op->walk->options->mode == PLAN_REFRESH_ONLY)
        return;
    op->record->planned = change;
    if (!op->record->deferral)
        op->record->refresh = REFRESH_CHANGED; /* the stored result is out of date */
}

/* Defers the read to a later plan if a dependency waits for one: the apply cannot read it either.
 */
static void note_waiting(const InstanceOp *op) {
    op->record->deferral = deferrals_of_needs(op->node, op->provider);
}

static void data_remember(InstanceOp *op, Value value) {
    op->record->value = value_clone(value, op->keep);
    op->record->refreshed = state_object_clone(
        stored_object_encode(op, value, OBJECT_READY, STR_EMPTY, (Value){0}), op->keep);
    const StateObject *before = op->record->stored ? op->record->stored->current : NULL;
    bool is_same = before && state_object_equal(before, op->record->refreshed);
    op->record->refresh = is_same ? REFRESH_UNCHANGED : REFRESH_CHANGED;
}

/* Destroy plan: keeps the stored result, because it may configure a provider. It is removed from
 * the state after the deletions. */
static bool data_keep_stored(InstanceOp *op) {
    const StateInstance *stored = op->record->stored;
    return stored_object_keep(op, stored ? stored->current : NULL, op->keep);
}

static void warn_deferred(InstanceOp *op, Str why) {
    diags_warning(&op->diags, NO_RANGE, "Data source not read",
                  "%.*s The plan continues without the values of %.*s, and the apply reads it. To "
                  "exclude it with its dependents, use -exclude='%.*s'.",
                  STR_ARG(why), STR_ARG(op->address), STR_ARG(op->address));
}

static bool data_plan_source(InstanceOp *op) {
    if (op->walk->options->mode == PLAN_DESTROY)
        return data_keep_stored(op);
    ModuleScope scope;
    module_scope_init_instance(&scope, op->record);
    Configured configured;
    if (!instance_conditions_before(op, &scope))
        return false;
    size_t before = op->diags.count;
    if (!configured_evaluate(op, &scope, &configured))
        return false;
    bool is_unknown = !value_is_wholly_known(configured.value) || op->provider->is_deferred;
    note_waiting(op);
    if (is_unknown || op->record->deferral || deferred_read_is_needed(op)) {
        deferred_read_merge_warnings(op, before);
        postpone(op, &configured,
                 is_unknown ? REASON_READ_BECAUSE_CONFIG_UNKNOWN
                            : REASON_READ_BECAUSE_DEPENDENCY_PENDING);
        return instance_conditions_after(op, &scope);
    }
    if (!instance_op_require_provider(op))
        return false;
    op->action = ACTION_READ;
    instance_op_send(op, EVENT_REFRESH_START, STR_EMPTY);
    Value value;
    Str deferred;
    size_t from = op->diags.count;
    if (!data_read_source(op, &configured, &value, &deferred))
        return false;
    WalkEvent event = instance_op_event(op, EVENT_REFRESH_END);
    event.is_deferred = deferred.len > 0;
    event.is_waiting = op->record->deferral != DEFERRAL_NONE;
    if (!event.is_deferred && !event.is_waiting)
        event.id = instance_op_object_id(op, value);
    hooks_send(op->walk->engine->hooks, &event);
    if (op->record->deferral) {
        postpone(op, &configured, REASON_READ_BECAUSE_DEPENDENCY_PENDING);
        return true;
    }
    if (deferred.len > 0) {
        warn_deferred(op, deferred);
        instance_op_place_diags(op, from);
        postpone(op, &configured, REASON_READ_BECAUSE_DEFERRED);
        return instance_conditions_after(op, &scope);
    }
    data_remember(op, value);
    return instance_conditions_after(op, &scope);
}

/* Reports a deferred read in an apply or in a check, where no later read follows. */
static bool fail_deferred(InstanceOp *op, Str why) {
    size_t from = op->diags.count;
    diags_error(&op->diags, NO_RANGE, "Data source not read", "%.*s", STR_ARG(why));
    instance_op_place_diags(op, from);
    return false;
}

/* Reads a data source during an apply or a check; listeners receive it as an operation. */
static bool read_as_operation(InstanceOp *op, const Configured *configured, Value *out) {
    op->action = ACTION_READ;
    instance_op_send(op, EVENT_APPLY_START, STR_EMPTY);
    Str deferred;
    bool ok = data_read_source(op, configured, out, &deferred);
    if (ok && op->record->deferral)
        *out = deferred_read_object(op, configured->value);
    if (ok && deferred.len > 0)
        ok = fail_deferred(op, deferred);
    /* A failed read sends no end event: it is an error, but not a failed operation, because it
     * changes nothing. */
    if (ok)
        instance_op_send_end(op, EVENT_APPLY_END, instance_op_object_id(op, *out), true);
    return ok;
}

/* Returns summary and detail, without the explanations that follow an empty line. */
static Str data_message_of(const Diag *diag, Arena *arena) {
    size_t end = 0;
    Str detail = diag->detail;
    while (end < detail.len && !str_starts_with(str_after(detail, end), STR("\n\n")))
        end++;
    return str_format(arena, "%.*s: %.*s", STR_ARG(diag->summary),
                      STR_ARG(str_slice(detail, 0, end)));
}

/* Turns the diagnostics of the operation into warnings and a failed result of the check. */
static void fail_check(InstanceOp *op) {
    CheckResult *result = op->record->results->items;
    Diags found = op->diags;
    op->diags = diags_new(op->scratch);
    const Check *check = op->resource->config->check;
    Str checked = str_concat(STR("check."), check->name, op->scratch);
    for (size_t i = 0; i < found.count; i++) {
        Diag warning = found.items[i];
        warning.severity = DIAG_WARNING;
        warning.checked = checked;
        diags_add(&op->diags, &warning);
    }
    result->status = CHECK_FAIL;
    for (size_t i = 0; i < found.count && result->message.len == 0; i++) {
        if (found.items[i].severity == DIAG_ERROR)
            result->message = data_message_of(&found.items[i], op->keep);
    }
}

/* Reads the data source of a check. Errors become a failed result and stop nothing. Returns false
 * if the read failed; `*out` then holds the values that are known without it. */
static bool read_nested(InstanceOp *op, const Configured *configured, Value *out) {
    if (instance_op_require_provider(op) && read_as_operation(op, configured, out)) {
        op->record->results->items[0].status = op->record->deferral ? CHECK_UNKNOWN : CHECK_PASS;
        return true;
    }
    fail_check(op);
    *out = value_unknown_as_null(
        object_marks_add(op, deferred_read_object(op, configured->value), &configured->sensitive),
        op->scratch);
    return false;
}

/* Reads the data source now and plans a second read, because the check is about the state after the
 * apply. */
static void data_plan_nested(InstanceOp *op) {
    ModuleScope scope;
    module_scope_init_instance(&scope, op->record);
    Configured configured;
    if (!configured_evaluate(op, &scope, &configured)) {
        fail_check(op);
        return;
    }
    note_waiting(op);
    if (!value_is_wholly_known(configured.value) || op->provider->is_deferred ||
        op->record->deferral) {
        deferred_read_merge_warnings(op, 0);
        postpone(op, &configured, REASON_READ_BECAUSE_CONFIG_UNKNOWN);
        return;
    }
    Value value;
    bool was_read = read_nested(op, &configured, &value);
    if (op->record->deferral) {
        postpone(op, &configured, REASON_READ_BECAUSE_CHECK_NESTED);
        return;
    }
    Value after = was_read ? value
                           : object_marks_add(op, deferred_read_object(op, configured.value),
                                              &configured.sensitive);
    data_remember(op, value);
    if (op->walk->options->mode == PLAN_REFRESH_ONLY)
        return;
    ResourceChange *change = instance_op_new_change(op);
    change->config = value_clone(configured.marked, op->keep);
    change->action = ACTION_READ;
    change->reason = REASON_READ_BECAUSE_CHECK_NESTED;
    change->after = value_clone(after, op->keep);
    op->record->planned = change;
}

/* Plans the read of an instance with an unknown key. The provider is not called. */
bool node_data_plan_placeholder(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    ModuleScope scope;
    Configured configured;
    instance_op_begin(&op, payload, worker);
    op.record->value = value_unknown(schema_implied_type(op.schema));
    op.record->deferral = DEFERRAL_INSTANCE_KEYS;
    module_scope_init_instance(&scope, op.record);
    if (configured_evaluate(&op, &scope, &configured))
        postpone(&op, &configured, REASON_READ_BECAUSE_CONFIG_UNKNOWN);
    return instance_op_end(&op);
}

bool node_data_plan(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    op.record->value = value_unknown(schema_implied_type(op.schema));
    if (!op.resource->config->check)
        (void)data_plan_source(&op);
    else if (op.walk->options->mode != PLAN_DESTROY)
        data_plan_nested(&op);
    return instance_op_end(&op);
}

static bool record_read(InstanceOp *op, Value value) {
    data_remember(op, value);
    JournalOutcome outcome = instance_op_outcome(op, op->record->refreshed);
    return working_state_record(op->walk->working, 0, &outcome, &op->diags);
}

static bool apply_nested(InstanceOp *op) {
    ModuleScope scope;
    module_scope_init_instance(&scope, op->record);
    Configured configured;
    if (!configured_evaluate(op, &scope, &configured)) {
        fail_check(op);
        return true;
    }
    Value value;
    (void)read_nested(op, &configured, &value);
    return record_read(op, value);
}

static bool apply_source(InstanceOp *op) {
    EngineWalk *walk = op->walk;
    if (!op->record->planned_change) {
        const StateObject *object =
            working_state_object(walk->working, op->record->address, STR_EMPTY, op->scratch);
        /* The plan that read it has evaluated its conditions. */
        return stored_object_keep(op, object, op->keep);
    }
    ModuleScope scope;
    module_scope_init_instance(&scope, op->record);
    Configured configured;
    Value value;
    if (!instance_conditions_before(op, &scope) || !configured_evaluate(op, &scope, &configured) ||
        !instance_op_require_provider(op) || !read_as_operation(op, &configured, &value))
        return false;
    return record_read(op, value) && instance_conditions_after(op, &scope);
}

bool node_data_apply(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    op.record->value = value_unknown(schema_implied_type(op.schema));
    if (op.resource->config->check && op.record->planned_change)
        (void)apply_nested(&op);
    else
        (void)apply_source(&op);
    return instance_op_end(&op);
}
