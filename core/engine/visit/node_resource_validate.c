/* Validates a resource block without state and keys; the only provider call is `validate`. Each
 * part is validated separately: a part with invalid references reports them, and the others are
 * still evaluated. */
#include "configured.h"
#include "node_kinds.h"

/* Reports the reference errors of a part. Returns true if the part can be evaluated. */
static bool tell_part(Job *job, const void *part) {
    const PartFaults *faults = node_find_faults(job->node, part);
    if (!faults)
        return true;
    size_t before = job->diags.count;
    diags_append(&job->diags, &faults->diags);
    for (size_t i = before; i < job->diags.count; i++) {
        job->diags.items[i].is_of_expression = true;
    }
    return faults->is_of_form || !diags_has_errors(&faults->diags);
}

static bool lookup_nothing(const Scope *scope,
                           const Traversal *traversal,
                           Value *out,
                           size_t *used,
                           Arena *arena,
                           Diags *diags) {
    (void)scope, (void)out, (void)used, (void)arena;
    diags_error(diags, traversal->root_range, "Unknown variable",
                "There is nothing named \"%.*s\" to evaluate this with.", STR_ARG(traversal->root));
    return false;
}

/* If the part has an unknown name, evaluates it in an empty scope, so that an error is reported for
 * a reference that is evaluated. */
static void validate_condition(Job *job,
                               const EvalScope *scope,
                               const Expr *expr,
                               const Type *type) {
    if (!expr)
        return;
    size_t before = job->diags.count;
    Value value;
    const PartFaults *faults = node_find_faults(job->node, expr);
    Scope empty = scope->scope;
    empty.lookup = lookup_nothing;
    bool ok =
        tell_part(job, expr)
            ? eval_expr_as(expr, &scope->scope, type, &value, job->scratch, &job->diags)
            : !faults->hides_names || eval_expr(expr, &empty, &value, job->scratch, &job->diags);
    for (size_t i = before; !ok && i < job->diags.count; i++) {
        job->diags.items[i].is_of_expression = true;
    }
}

static void validate_conditions(Job *job, const EvalScope *scope, const Conditions *conditions) {
    vec_each(conditions, condition) {
        validate_condition(job, scope, condition->condition, &TYPE_BOOL);
        validate_condition(job, scope, condition->error_message, &TYPE_DYNAMIC);
    }
}

static bool evaluate_body(
    Job *job, const EvalScope *scope, const void *part, const Decoded *decoded, Value *out) {
    bool is_sound = tell_part(job, part);
    size_t before = job->diags.count;
    bool ok = is_sound && decode_eval(decoded, &scope->scope, out, job->scratch, &job->diags);
    for (size_t i = before; i < job->diags.count; i++) {
        job->diags.items[i].is_of_expression = true;
    }
    return ok;
}

static void validate_provisioner(Job *job,
                                 const EvalScope *scope,
                                 const ProvisionerNode *provisioner) {
    const Provisioner *config = provisioner->config;
    Value value;
    bool ok = evaluate_body(job, scope, config, provisioner->decoded, &value) &&
              provisioner_check(provisioner->type, value, config->range, &job->diags);
    ok = (!provisioner->connection ||
          evaluate_body(job, scope, provisioner->connection, provisioner->connection, &value)) &&
         ok;
    (void)ok; /* the errors are in the job */
}

/* Validates the first provisioner in any case. Each further one requires that the job has no
 * errors. */
static void validate_provisioners(Job *job, const EvalScope *scope) {
    vec_each(&job->resource->provisioners, provisioner) {
        validate_provisioner(job, scope, provisioner);
        if (diags_has_errors(&job->diags))
            return;
    }
}

/* If arguments do not match the schema, evaluates the others without calling the provider. */
static void validate_body(Job *job, const EvalScope *scope) {
    const void *body = job->resource->config->body;
    const PartFaults *faults = node_find_faults(job->node, body);
    Configured configured;
    Value value;
    bool ok = faults && diags_has_errors(&faults->diags)
                  ? evaluate_body(job, scope, body, job->resource->decoded, &value)
                  : tell_part(job, body) && configured_evaluate(job, scope, &configured);
    (void)ok; /* the errors are in the job */
}

bool node_resource_validate(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Job job;
    job_begin(&job, payload, worker);
    const Lifecycle *lifecycle = &job.resource->config->lifecycle;
    Value object = value_unknown(schema_implied_type(job.schema));
    EvalScope scope;
    evaluate_scope_init_instance(&scope, job.record);
    validate_body(&job, &scope);
    if (lifecycle->prevent_destroy)
        validate_condition(&job, &scope, lifecycle->prevent_destroy, &TYPE_BOOL);
    validate_conditions(&job, &scope, &lifecycle->preconditions);
    scope.self = &object;
    validate_conditions(&job, &scope, &lifecycle->postconditions);
    validate_provisioners(&job, &scope);
    job.record->value = object;
    return job_end(&job);
}
