/* Visits ephemeral resources. Plan and apply open each instance when the walk reaches it, and close
 * it after its last user. Its value exists only in the memory of the walk. */
#include "configured.h"
#include "deferred_read.h"
#include "ephemerals.h"
#include "instance_conditions.h"
#include "node_kinds.h"
#include "object_marks.h"
#include "provider_call.h"

/* The opened object must match the configuration. */
static bool check_result(InstanceOp *op, const Configured *configured, Value result) {
    static const char *const summary = "Provider produced invalid ephemeral resource instance";
    if (!value_is_wholly_known(result)) {
        diags_error(&op->diags, NO_RANGE, summary,
                    "The object of %.*s contains unknown values. This is a bug in the provider.",
                    STR_ARG(op->address));
        return false;
    }
    Value expected = deferred_read_object(op, configured->value);
    return provider_call_check_result(op, expected, result, &configured->sensitive, summary);
}

static bool open_object(InstanceOp *op, Value config, OpenResponse *response) {
    const Hooks *hooks = op->walk->engine->hooks;
    WalkEvent event = instance_op_event(op, EVENT_EPHEMERAL_START);
    event.operation = "open";
    hooks_send(hooks, &event);
    bool ok = provider_call_open(op, &(OpenRequest){config}, response);
    event = instance_op_event(op, EVENT_EPHEMERAL_END);
    event.operation = "open";
    event.failed = !ok;
    hooks_send(hooks, &event);
    return ok;
}

static void keep_value(InstanceOp *op, Value value, const Configured *configured) {
    Value marked =
        value_with_marks(object_marks_add(op, value, &configured->sensitive), MARK_EPHEMERAL);
    op->record->value = value_clone(marked, op->keep);
}

/* The apply opens the object if its configuration or its provider is unknown, or if a dependency
 * will change. */
static bool is_deferred(const InstanceOp *op, const Configured *configured) {
    if (!value_is_wholly_known(configured->value) || op->provider->is_deferred)
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
    if (!configured_evaluate(op, &scope, &configured))
        return false;
    if (is_deferred(op, &configured)) {
        keep_value(op, deferred_read_object(op, configured.value), &configured);
        return true;
    }
    if (!instance_op_require_provider(op) || !open_object(op, configured.value, &response))
        return false;
    if (response.deferred.len > 0) {
        keep_value(op, deferred_read_object(op, configured.value), &configured);
        return explain_deferred(op, response.deferred);
    }
    ephemerals_add(op->walk->ephemerals, op, &response);
    if (!check_result(op, &configured, response.result))
        return false;
    keep_value(op, response.result, &configured);
    return is_destroying || instance_conditions_after(op, &scope);
}

bool node_ephemeral_open(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
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
    return ephemerals_close(visit->walk->ephemerals, visit->node->as.resource, &visit->diags);
}
