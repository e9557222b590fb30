/* Validates a resource block without state and keys; the only provider call is `validate`. Each
 * part is validated separately: a part with invalid references reports them, and the others are
 * still evaluated. */
#include "instance.h"

#include "configured.h"
#include "invocation.h"
#include "module_origin.h"

/* Reports the reference errors of a part. Returns true if the part can be evaluated. */
static bool instance_validate_report_part(InstanceOp *op, const void *part) {
    const PartErrors *errors = node_find_errors(op->node, part);
    if (!errors)
        return true;
    size_t before = op->diags.count;
    diags_append(&op->diags, &errors->diags);
    diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
    return errors->is_of_form || !diags_has_errors(&errors->diags);
}

static bool lookup_nothing(const Scope *scope, const Traversal *traversal, Value *out, size_t *used,
                           Arena *arena, Diags *diags) {
    (void)scope, (void)out, (void)used, (void)arena;
    return diags_fail(diags, traversal->root_range, "Unknown variable", "\"%.*s\" is not declared.",
                      STR_ARG(traversal->root));
}

/* If the part has an unknown name, evaluates it in an empty scope, so that an error is reported for
 * a reference that is evaluated. */
static void validate_condition(InstanceOp *op, const ModuleScope *scope, const Expr *expr,
                               const Type *type) {
    if (!expr)
        return;
    size_t before = op->diags.count;
    Value value;
    const PartErrors *errors = node_find_errors(op->node, expr);
    Scope empty = scope->scope;
    empty.lookup = lookup_nothing;
    if (instance_validate_report_part(op, expr))
        (void)!eval_expr_as(expr, &scope->scope, type, &value, op->scratch, &op->diags);
    else if (errors->should_hide_names)
        (void)!eval_expr(expr, &empty, &value, op->scratch, &op->diags);
    diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
}

static void validate_conditions(InstanceOp *op, const ModuleScope *scope,
                                const Conditions *conditions) {
    vec_each(conditions, condition) {
        validate_condition(op, scope, condition->condition, &TYPE_BOOL);
        validate_condition(op, scope, condition->error_message, &TYPE_DYNAMIC);
    }
}

/* Returns false after an error. The errors are in the operation. */
static bool instance_validate_evaluate_body(InstanceOp *op, const ModuleScope *scope,
                                            const void *part, const Decoded *decoded, Value *out) {
    bool is_sound = instance_validate_report_part(op, part);
    size_t before = op->diags.count;
    bool ok = is_sound && decode_eval(decoded, &scope->scope, out, op->scratch, &op->diags);
    diags_set_subject(&op->diags, before, DIAG_EXPRESSION);
    return ok;
}

static void validate_provisioner(InstanceOp *op, const ModuleScope *scope,
                                 const ProvisionerNode *provisioner) {
    const Provisioner *config = provisioner->config;
    Value value;
    if (instance_validate_evaluate_body(op, scope, config, provisioner->decoded, &value))
        (void)!provisioner_check(provisioner->type, value, config->range, &op->diags);
    if (provisioner->connection &&
        instance_validate_evaluate_body(op, scope, provisioner->connection, provisioner->connection,
                                        &value))
        (void)!module_origin_check(scope, &provisioner_connection, provisioner->connection,
                                   value_unmark_deep(value, op->scratch), op->scratch, &op->diags);
}

/* Validates the first provisioner in any case. Each further one requires that the operation has no
 * errors. */
static void validate_provisioners(InstanceOp *op, const ModuleScope *scope) {
    vec_each(&op->resource->provisioners, provisioner) {
        validate_provisioner(op, scope, provisioner);
        if (diags_has_errors(&op->diags))
            return;
    }
}

/* If arguments do not match the schema, evaluates the others without calling the provider. */
static void validate_body(InstanceOp *op, const ModuleScope *scope) {
    const void *body = op->resource->config->body;
    const PartErrors *errors = node_find_errors(op->node, body);
    Configured configured;
    Value value;
    if (errors && diags_has_errors(&errors->diags))
        (void)instance_validate_evaluate_body(op, scope, body, op->resource->decoded, &value);
    else if (instance_validate_report_part(op, body))
        (void)!configured_evaluate(op, scope, &configured);
}

bool instance_validate(Walk *, void *payload, uint32_t worker) {
    InstanceOp op;
    instance_op_begin(&op, payload, worker);
    const Lifecycle *lifecycle = &op.resource->config->lifecycle;
    Value object = value_unknown(schema_implied_type(op.schema));
    Value any = value_unknown(&TYPE_DYNAMIC);
    ModuleScope scope;
    module_scope_init_instance(&scope, op.record);
    scope.caller = op.record->address.mode == MODE_ACTION ? &any : NULL;
    validate_body(&op, &scope);
    invocation_validate(&op, &scope);
    instance_list_validate(&op, &scope);
    if (lifecycle->prevent_destroy)
        validate_condition(&op, &scope, lifecycle->prevent_destroy, &TYPE_BOOL);
    validate_conditions(&op, &scope, &lifecycle->preconditions);
    Value self = node_seen_object(op.resource, object, op.scratch);
    scope.self = &self;
    validate_conditions(&op, &scope, &lifecycle->postconditions);
    vec_each(&lifecycle->action_triggers, trigger) {
        validate_condition(&op, &scope, trigger->condition, &TYPE_BOOL);
    }
    validate_provisioners(&op, &scope);
    op.record->value = object;
    return instance_op_end(&op);
}
