/* invocation: each invocation is an operation on the instance of the action, within the task of the
 * object that triggers it. */
#include "invocation.h"

#include "configured.h"
#include "diag.h"
#include "instance_object.h"
#include "log.h"
#include "mask.h"
#include "object_ref.h"
#include "provider_call.h"

static const Lifecycle *lifecycle_of(const InstanceOp *op) {
    return &op->resource->config->lifecycle;
}

/* References. */

static bool report_key(const ObjectRef *ref, SourceRange range, Diags *diags) {
    const Resource *config = ref->node->as.resource->config;
    bool is_repeated = config->count || config->for_each;
    const char *wanted = config->count ? "count" : "for_each";
    Str name = ref->node->name;
    if (is_repeated && !ref->has_key)
        diags_error(diags, range, "Missing index",
                    "%.*s has \"%s\", so a reference requires an instance key, as in %.*s[%s].",
                    STR_ARG(name), wanted, STR_ARG(name), config->count ? "0" : "\"key\"");
    else if (is_repeated)
        diags_error(diags, range, "Invalid index", "%.*s has \"%s\", so its instance keys are %s.",
                    STR_ARG(name), wanted, config->count ? "numbers" : "strings");
    else
        diags_error(
            diags, range, "Invalid index",
            "%.*s has neither \"count\" nor \"for_each\", so it has no instance keys. Remove "
            "the key.",
            STR_ARG(name));
    return false;
}

/* An unknown key, as during validation, fits any repetition. */
static bool invocation_check_key(const ObjectRef *ref, SourceRange range, Diags *diags) {
    const Resource *config = ref->node->as.resource->config;
    bool is_repeated = config->count || config->for_each;
    KeyKind kind = ref->key.kind;
    bool fits = is_repeated == ref->has_key &&
                (kind == KEY_NONE || (config->count ? kind == KEY_INT : kind == KEY_STRING));
    return fits || report_key(ref, range, diags);
}

/* Reads an element of `actions`. Its names are bound, and their errors are reported. */
static bool invocation_read_ref(const Node *node, const Expr *expr, const ModuleScope *scope,
                                ObjectRef *out, Arena *arena, Diags *diags) {
    const PartErrors *errors = node_find_errors(node, expr);
    *out = (ObjectRef){0};
    if (errors)
        diags_append(diags, &errors->diags);
    if (diags_has_errors(diags) || !object_ref_read(expr, scope, out, arena, diags))
        return false;
    if (out->path.count == 0)
        return invocation_check_key(out, expr->range, diags);
    return diags_fail(diags, expr->range, "Unexpected attribute in action reference",
                      "An action has no attributes.");
}

/* Returns the instance that the reference means; NULL after an error if there is none. */
static InstanceRecord *invocation_find_instance(const ObjectRef *ref, ModuleInstance *module,
                                                SourceRange range, Arena *arena, Diags *diags) {
    const ResourceExpansion *action = node_slot(ref->node, module)->payload;
    const Resource *config = ref->node->as.resource->config;
    size_t index;
    if (action && expansion_find(&action->expansion, ref->key, &index))
        return &action->records[index];
    ResourceAddr address = {module->address, MODE_ACTION, config->type, config->name, ref->key};
    diags_error(diags, range, "Reference to non-existent action instance",
                "The configuration has no %.*s.", STR_ARG(resource_addr_to_str(address, arena)));
    return NULL;
}

/* Operations. */

/* Begins an operation on an action. `outer`: the operation on the object that triggers it. */
static void invocation_begin(InstanceOp *op, const InstanceRecord *record,
                             const InstanceOp *outer) {
    InstanceRecord *own = arena_new(outer->scratch, InstanceRecord);
    *own = (InstanceRecord){
        .walk = record->walk,
        .node = record->node,
        .module = record->module,
        .address = record->address,
        .repetition = record->repetition,
        .each_value = record->each_value,
        .provider_key = record->provider_key,
    };
    instance_op_begin_nested(op, own, outer);
}

/* Makes every error a warning. */
static void invocation_soften(Diags *diags) {
    for (size_t i = 0; i < diags->count; i++)
        diags->items[i].severity = DIAG_WARNING;
    diags->warning_count += diags->error_count;
    diags->error_count = 0;
}

/* Reports the diagnostics of the operation, all as warnings if `are_warnings`. */
static bool instance_invocation_end(InstanceOp *op, ResourceAddr caller, bool are_warnings) {
    Str text = op->address;
    if (caller.type.len > 0)
        text = str_format(op->scratch, "%.*s, called from %.*s", STR_ARG(op->address),
                          STR_ARG(resource_addr_to_str(caller, op->scratch)));
    diags_set_address(&op->diags, 0, text);
    if (are_warnings)
        invocation_soften(&op->diags);
    return instance_op_report(op);
}

/* The object that an action is invoked for. */
typedef struct Caller {
    const InstanceRecord *record; /* NULL: none */
    const Value *value;
    bool is_pending; /* its resource has no value yet */
} Caller;

static bool invocation_configure(InstanceOp *op, const Caller *caller, Configured *out) {
    ModuleScope scope;
    Value seen;
    module_scope_init_instance(&scope, op->record);
    if (caller->value) {
        seen = node_seen_object(caller->record->node->as.resource, *caller->value, op->scratch);
        scope.caller = &seen;
    }
    scope.caller_record = caller->is_pending ? caller->record : NULL;
    return configured_evaluate(op, &scope, out);
}

/* Planning. */

static bool check_destroy_config(InstanceOp *op, const Configured *configured) {
    SourceRange range = op->resource->config->range;
    if (!value_is_wholly_known(configured->value))
        return diags_fail(
            &op->diags, range, "Unknown action config",
            "The arguments of an action that a destruction invokes must be known when it is "
            "planned.");
    if (configured->ephemeral.count == 0)
        return true;
    return diags_fail(
        &op->diags, range, "Action config contains ephemeral values",
        "The arguments of an action that a destruction invokes are stored in the plan, so "
        "they cannot be ephemeral.");
}

/* The change of an object can wait for its action if the plan may have deferrals. A requested
 * invocation has no object. */
static bool invocation_check_deferral(InstanceOp *op, Deferral deferral, bool is_requested) {
    if (!deferral || (!is_requested && op->walk->options->allows_deferral))
        return true;
    return diags_fail(&op->diags, NO_RANGE, "Provider deferred an action",
                      "%.*s is deferred %s. %s", STR_ARG(op->address), deferral_reason(deferral),
                      is_requested
                          ? "Apply the configuration first, without -invoke."
                          : "Apply other changes first: plan with -allow-deferral, or with "
                            "-target.");
}

static bool ask_provider(InstanceOp *op, const Configured *configured, bool is_requested,
                         Deferral *deferral) {
    ActionResponse response = {0};
    *deferral = DEFERRAL_NONE;
    if (op->provider->is_deferred) /* its configuration is known during the apply */
        return true;
    if (!provider_call_plan_action(op, &(ActionRequest){configured->value}, &response))
        return false;
    *deferral = response.deferral;
    return invocation_check_deferral(op, response.deferral, is_requested);
}

/* Sets *deferral to why the provider defers the invocation; DEFERRAL_NONE: it does not. */
static bool invocation_plan_one(InstanceOp *op, const Caller *caller, ActionInvocation *out,
                                Deferral *deferral) {
    Configured configured;
    if (!invocation_configure(op, caller, &configured))
        return false;
    if ((invoke_event_is_destroy(out->event) && !check_destroy_config(op, &configured)) ||
        !ask_provider(op, &configured, out->is_requested, deferral))
        return false;
    out->schema = op->schema;
    Value kept = schema_drop_write_only(op->schema, configured.value, op->scratch);
    out->config = value_clone(object_marks_add(op, kept, &configured.sensitive), op->keep);
    return true;
}

/* Returns whether the planned change has this event. */
static bool invocation_has_event(Action action, InvokeEvent event) {
    bool is_replace = action_is_replace(action);
    if (invoke_event_is_destroy(event))
        return action == ACTION_DELETE || is_replace;
    if (event == INVOKE_BEFORE_UPDATE || event == INVOKE_AFTER_UPDATE)
        return action == ACTION_UPDATE;
    return action == ACTION_CREATE || is_replace || action == ACTION_FORGET_THEN_CREATE;
}

static bool has_events(Action action, const ActionTrigger *trigger) {
    vec_each(&trigger->events, event) {
        if (invocation_has_event(action, *event))
            return true;
    }
    return false;
}

/* Evaluates the condition. It may be unknown during planning: then the apply decides. */
static bool evaluate_condition(InstanceOp *op, const ModuleScope *scope,
                               const ActionTrigger *trigger, Value object, Value *out) {
    ModuleScope own = *scope;
    Value self = node_seen_object(op->resource, object, op->scratch);
    own.scope.self = &own;
    own.self = &self;
    *out = value_bool(true);
    if (!trigger->condition)
        return true;
    size_t before = op->diags.count;
    if (!eval_expr_as(trigger->condition, &own.scope, &TYPE_BOOL, out, op->scratch, &op->diags)) {
        diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
        return false;
    }
    *out = value_without_marks(*out);
    if (!value_is_null(*out))
        return true;
    diags_error(&op->diags, trigger->condition->range, "Invalid condition",
                "The condition of an action_trigger block must be true or false, but is null.")
        ->subject = DIAG_EXPRESSION;
    return false;
}

/* The object waits with its action. As in Terraform, the reason of the provider is not that of the
 * object; a note has it. */
static void defer(InstanceOp *op, Str action, Deferral deferral, ResourceChange *change) {
    ChangeNote note = {
        {0},
        str_format(op->keep, "%.*s is deferred %s", STR_ARG(action), deferral_reason(deferral))};
    op->record->deferral = DEFERRAL_ABSENT_PREREQUISITE;
    vec_push(op->keep, &change->notes, note);
}

/* The invocation of one action by one event. */
static void plan_invocation(InstanceOp *op, const ModuleScope *scope, const ActionInvocation *like,
                            const Expr *expr, ResourceChange *change) {
    ObjectRef ref;
    if (op->record->deferral) /* by an invocation before */
        return;
    if (!invocation_read_ref(op->node, expr, scope, &ref, op->scratch, &op->diags))
        return;
    const InstanceRecord *record =
        invocation_find_instance(&ref, op->record->module, expr->range, op->scratch, &op->diags);
    if (!record)
        return;
    InstanceOp action;
    invocation_begin(&action, record, op);
    ActionInvocation invocation = *like;
    Value object = invoke_event_is_destroy(like->event) ? change->before : change->after;
    Caller caller = {op->record, &object, true};
    invocation.action = record->address;
    invocation.provider_config = instance_op_provider_config(&action);
    Deferral deferral = DEFERRAL_NONE;
    bool ok = invocation_plan_one(&action, &caller, &invocation, &deferral);
    if (ok && deferral)
        defer(op, action.address, deferral, change);
    else if (ok)
        vec_push(op->keep, &change->invocations, invocation);
    log_debug("invocation planned", log_text("address", action.address),
              log_text("caller", op->address), log_cstr("event", invoke_event_keyword(like->event)),
              log_number("ok", ok));
    if (!instance_invocation_end(&action, like->caller, false))
        op->record->failure = FAILURE_ERROR;
}

/* Handles an invocation that an event of the planned change makes. */
typedef void (*VisitInvocation)(InstanceOp *op, const ModuleScope *scope,
                                const ActionInvocation *like, const Expr *expr,
                                ResourceChange *change);

static void each_invocation(InstanceOp *op, const ModuleScope *scope, uint32_t trigger_index,
                            VisitInvocation visit, ResourceChange *change) {
    const ActionTrigger *trigger = &lifecycle_of(op)->action_triggers.items[trigger_index];
    vec_each(&trigger->events, event) {
        if (!invocation_has_event(change->action, *event))
            continue;
        for (uint32_t i = 0; i < trigger->actions.count; i++) {
            ActionInvocation like = {.caller = op->record->address,
                                     .event = *event,
                                     .on_failure = trigger->on_failure,
                                     .trigger = trigger_index,
                                     .index = i};
            visit(op, scope, &like, trigger->actions.items[i], change);
        }
    }
}

static void plan_trigger(InstanceOp *op, const ModuleScope *scope, uint32_t index,
                         ResourceChange *change) {
    const ActionTrigger *trigger = &lifecycle_of(op)->action_triggers.items[index];
    Value condition;
    if (!has_events(change->action, trigger) ||
        !evaluate_condition(op, scope, trigger, change->after, &condition))
        return;
    if (!value_is_known(condition) || value_is_true(condition))
        each_invocation(op, scope, index, plan_invocation, change);
}

void invocation_plan(InstanceOp *op, const ModuleScope *scope, ResourceChange *change) {
    if (op->walk->options->is_preflight)
        return;
    for (uint32_t i = 0; i < lifecycle_of(op)->action_triggers.count && !op->record->deferral; i++)
        plan_trigger(op, scope, i, change);
    if (op->record->deferral)
        invocation_defer(op, scope, change);
}

/* A wrong reference is an error of the validation. */
static void defer_invocation(InstanceOp *op, const ModuleScope *scope, const ActionInvocation *like,
                             const Expr *expr, ResourceChange *change) {
    ObjectRef ref;
    Diags ignored = diags_new(op->scratch);
    if (!invocation_read_ref(op->node, expr, scope, &ref, op->scratch, &ignored))
        return;
    const ResourceNode *action = ref.node->as.resource;
    ActionInvocation invocation = *like;
    invocation.action = (ResourceAddr){
        .module = op->record->address.module,
        .mode = MODE_ACTION,
        .type = action->config->type,
        .name = action->config->name,
        .key = {ref.key.kind, ref.key.index, str_clone(ref.key.text, op->keep)},
    };
    invocation.provider_config = action->provider->as.provider->address;
    invocation.schema = &action->type->schema;
    invocation.config = value_null(schema_implied_type(invocation.schema));
    vec_push(op->keep, &change->invocations, invocation);
}

void invocation_defer(InstanceOp *op, const ModuleScope *scope, ResourceChange *change) {
    change->invocations = (ActionInvocations){0};
    if (op->walk->options->is_preflight)
        return;
    for (uint32_t i = 0; i < lifecycle_of(op)->action_triggers.count; i++)
        each_invocation(op, scope, i, defer_invocation, change);
}

void invocation_validate(InstanceOp *op, const ModuleScope *scope) {
    ObjectRef ignored;
    vec_each(&lifecycle_of(op)->action_triggers, trigger) {
        vec_each(&trigger->actions, expr) {
            Diags found = diags_new(op->scratch);
            (void)!invocation_read_ref(op->node, *expr, scope, &ignored, op->scratch, &found);
            diags_append(&op->diags, &found);
        }
    }
}

bool invocation_plan_request(InstanceRecord *action, const InstanceRecord *caller, uint32_t worker,
                             ActionInvocation *out) {
    InstanceOp op;
    instance_op_begin(&op, action, worker);
    *out = (ActionInvocation){
        .action = action->address,
        .provider_config = instance_op_provider_config(&op),
        .caller = caller ? caller->address : (ResourceAddr){0},
        .is_requested = true,
    };
    Deferral none;
    if (invocation_plan_one(&op, &(Caller){caller, caller ? &caller->value : NULL, false}, out,
                            &none) &&
        !value_is_wholly_known(out->config))
        diags_error(
            &op.diags, NO_RANGE, "Partially applied configuration",
            "The arguments of %.*s contain unknown values, because it refers to objects that "
            "do not exist yet. Apply the configuration first, without -invoke.",
            STR_ARG(op.address));
    bool ok = instance_invocation_end(&op, out->caller, false);
    arena_reset(op.scratch);
    return ok;
}

/* Applying. */

/* The event of a failed invocation has its first error. */
static void invocation_send_end(InstanceOp *op, size_t from, bool ok) {
    WalkEvent event = instance_op_event(op, EVENT_INVOKE_END);
    event.failed = !ok;
    mask_diags(&op->diags, &op->secrets);
    for (size_t i = from; i < op->diags.count && event.text.len == 0; i++) {
        const Diag *diag = &op->diags.items[i];
        if (diag->severity == DIAG_ERROR)
            event.text = diag->detail.len == 0
                             ? diag->summary
                             : str_format(op->scratch, "%.*s: %.*s", STR_ARG(diag->summary),
                                          STR_ARG(diag->detail));
    }
    hooks_send(op->walk->engine->hooks, &event);
}

/* Adds an error to the operation if the call cannot be made, or fails. */
static void invocation_call(InstanceOp *op, const ActionInvocation *invocation, Value config) {
    if (!value_is_wholly_known(config)) {
        diags_error(&op->diags, NO_RANGE, "Action configuration unknown during apply",
                    "The arguments of %.*s are not known yet. Values of \"caller\" that the "
                    "provider computes are known in events that begin with \"after\".",
                    STR_ARG(op->address));
        return;
    }
    if (!instance_op_require_provider(op))
        return;
    op->invocation = invocation;
    instance_op_send(op, EVENT_INVOKE_START, STR_EMPTY);
    size_t before = op->diags.count;
    bool ok = provider_call_invoke(op, &(ActionRequest){config});
    invocation_send_end(op, before, ok);
}

static void invoke_planned(InstanceOp *op, const ActionInvocation *invocation) {
    invocation_call(op, invocation, value_unmark_deep(invocation->config, op->scratch));
}

static bool read_condition(InstanceOp *op, const ModuleScope *scope, const ActionTrigger *trigger,
                           Value object, Value *out) {
    if (!evaluate_condition(op, scope, trigger, object, out))
        return false;
    if (value_is_known(*out))
        return true;
    diags_error(&op->diags, trigger->condition->range,
                "Unknown condition when invoking action before apply",
                "The condition of an action_trigger block must be known before its actions are "
                "invoked.")
        ->subject = DIAG_EXPRESSION;
    return false;
}

static bool invocation_run_one(InstanceOp *op, const ModuleScope *scope,
                               const ActionInvocation *invocation, Value object) {
    Value condition;
    ObjectRef ref;
    const ActionTrigger *trigger = &lifecycle_of(op)->action_triggers.items[invocation->trigger];
    const Expr *expr = trigger->actions.items[invocation->index];
    if (!read_condition(op, scope, trigger, object, &condition) ||
        !invocation_read_ref(op->node, expr, scope, &ref, op->scratch, &op->diags))
        return false;
    const InstanceRecord *record =
        invocation_find_instance(&ref, op->record->module, expr->range, op->scratch, &op->diags);
    if (!record || !value_is_true(condition))
        return record != NULL;
    InstanceOp action;
    invocation_begin(&action, record, op);
    Configured configured;
    if (invocation_configure(&action, &(Caller){op->record, &object, true}, &configured))
        invocation_call(&action, invocation, configured.value);
    bool ok = instance_invocation_end(&action, op->record->address,
                                      invocation->on_failure == INVOKE_CONTINUES);
    if (!ok)
        op->record->failure = FAILURE_ERROR;
    return ok;
}

bool invocation_run(InstanceOp *op, const ModuleScope *scope, bool is_before, Value object,
                    bool *taints) {
    const ResourceChange *change = op->record->planned_change->change;
    *taints = false;
    vec_each(&change->invocations, invocation) {
        if (invoke_event_is_destroy(invocation->event) ||
            invoke_event_is_before(invocation->event) != is_before)
            continue;
        if (invocation_run_one(op, scope, invocation, object))
            continue;
        *taints =
            invocation->on_failure == INVOKE_TAINTS && invocation->event == INVOKE_AFTER_CREATE;
        return false;
    }
    return true;
}

static InstanceRecord *invocation_record_of(EngineWalk *walk, const Node *action,
                                            const ActionInvocation *invocation, Arena *arena) {
    InstanceRecord *record = arena_new(arena, InstanceRecord);
    record->walk = walk;
    record->node = (Node *)action;
    record->address = invocation->action;
    record->provider_key = invocation->provider_config.key;
    return record;
}

static const Node *invocation_find_action(const InstanceOp *op,
                                          const ActionInvocation *invocation) {
    vec_each(&op->resource->actions, action) {
        const Resource *config = (*action)->as.resource->config;
        if (str_equal(config->type, invocation->action.type) &&
            str_equal(config->name, invocation->action.name))
            return *action;
    }
    return NULL;
}

bool invocation_run_destroy(InstanceOp *op, bool is_before) {
    const PlannedChange *run = op->record->planned_change;
    bool never_blocks = op->walk->plan->mode == PLAN_DESTROY;
    vec_each(&run->change->invocations, invocation) {
        const Node *node = invocation_find_action(op, invocation);
        bool continues = never_blocks || invocation->on_failure == INVOKE_CONTINUES;
        if (!node || !invoke_event_is_destroy(invocation->event) ||
            invoke_event_is_before(invocation->event) != is_before)
            continue;
        InstanceOp action;
        invocation_begin(&action, invocation_record_of(op->walk, node, invocation, op->scratch),
                         op);
        invoke_planned(&action, invocation);
        if (!instance_invocation_end(&action, op->record->address, continues)) {
            op->record->failure = FAILURE_ERROR;
            return false;
        }
    }
    return true;
}

bool invocation_run_request(EngineWalk *walk, const Node *action,
                            const ActionInvocation *invocation, uint32_t worker) {
    InstanceOp op;
    Arena *scratch = walk->workers[worker].scratch;
    instance_op_begin(&op, invocation_record_of(walk, action, invocation, scratch), worker);
    invoke_planned(&op, invocation);
    bool ok = instance_invocation_end(&op, invocation->caller, false);
    arena_reset(scratch);
    return ok;
}
