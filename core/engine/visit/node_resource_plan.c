/* Plans one instance of a resource: refreshes it, evaluates its configuration, calls the provider's
 * plan, and checks the response. */
#include "change_parts.h"
#include "ignore_changes.h"
#include "instance_conditions.h"
#include "log.h"
#include "node_kinds.h"
#include "object_marks.h"
#include "proposal.h"
#include "provider_call.h"
#include "removal.h"
#include "stored_object.h"
#include "trigger.h"

typedef struct Planning {
    Job job;
    EvalScope scope;
    Configured written;    /* evaluated configuration */
    Configured configured; /* `written` after ignore_changes */
    Value prior;           /* refreshed object, marked */
    Value prior_value;     /* `prior` without marks */
    bool is_tainted;
    bool is_gone;      /* lost, because the server of its provider is replaced */
    bool is_requested; /* -replace */
    bool is_triggered; /* replace_triggered_by */
    bool is_decided;   /* the change is complete; later errors do not discard it */
    PlanResponse response;
} Planning;

/* Calls the provider's plan. `prior` may be null. */
static bool ask_provider(
    Planning *planning, Value prior, Value config, Str private_data, PlanResponse *response) {
    ProposalRequest request = {prior, config, &planning->configured, private_data};
    return proposal_ask(&planning->job, &request, response);
}

static void new_change(Planning *planning) {
    Job *job = &planning->job;
    InstanceRecord *record = job->record;
    ResourceChange *change = job_new_change(job);
    change->import_id = record->import_id;
    change->create_before_destroy = job->resource->create_before_destroy;
    record->planned = change;
}

static void keep_notes(Planning *planning) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    vec_each(&planning->response.notes, note) {
        ChangeNote copy = {path_clone(note->path, job->keep), str_clone(note->text, job->keep)};
        vec_push(job->keep, &change->notes, copy);
    }
}

/* Adds a note to a change that is planned without calling the provider. */
static void note_deferral(Planning *planning) {
    ResourceChange *change = planning->job.record->planned;
    ChangeNote note = {{0},
                       STR("planned without its provider, whose configuration is not known "
                           "yet")};
    if (!planning->job.provider->is_deferred || change->action == ACTION_NO_OP)
        return;
    if (planning->is_gone)
        note.text = STR("created anew, as what its provider talks to is replaced");
    vec_push(planning->job.keep, &change->notes, note);
}

/* A destroy plan reports the error at the end, when it is known which objects are kept.
 * Dependencies of a kept object get no error. */
static bool refuse_destroy(Planning *planning) {
    Job *job = &planning->job;
    if (job->walk->options->mode == PLAN_DESTROY)
        job->record->is_refused = true;
    else
        removal_refuse(job->resource->config, job->address, &job->diags);
    return true;
}

static bool prevents_destroy(Planning *planning) {
    Job *job = &planning->job;
    const Expr *expr = job->resource->config->lifecycle.prevent_destroy;
    if (!expr)
        return false;
    Value prevented;
    if (!job->record->module) {
        /* Without a module instance, references cannot be evaluated. Only a literal other than true
         * allows the deletion. */
        if (expr_as_literal(expr, &prevented, job->scratch) && !value_is_true(prevented))
            return false;
        return refuse_destroy(planning);
    }
    if (!eval_expr_as(expr, &planning->scope.scope, &TYPE_BOOL, &prevented, job->scratch,
                      &job->diags)) {
        return true;
    }
    prevented = value_without_marks(prevented);
    if (!value_is_present(prevented)) {
        diags_error(&job->diags, expr->range, "Invalid prevent_destroy",
                    "Whether %.*s may be destroyed must be known when planning and not be null. "
                    "Refer to variables, or to values that are known before the apply.",
                    STR_ARG(job->address));
        return true;
    }
    return value_is_true(prevented) && refuse_destroy(planning);
}

static ActionReason replace_reason(const Planning *planning) {
    if (planning->is_tainted)
        return REASON_REPLACE_BECAUSE_TAINTED;
    if (planning->is_triggered)
        return REASON_REPLACE_BY_TRIGGERS;
    if (planning->is_requested)
        return REASON_REPLACE_BY_REQUEST;
    return REASON_REPLACE_BECAUSE_CANNOT_UPDATE;
}

/* Plans the successor as a creation. */
static bool plan_replacement(Planning *planning, const Paths *paths) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    change->replace_paths = *paths;
    change->reason = replace_reason(planning);
    change->action =
        change->create_before_destroy ? ACTION_CREATE_THEN_DELETE : ACTION_DELETE_THEN_CREATE;
    if (!job->resource->config->lifecycle.destroy)
        change->action = ACTION_FORGET_THEN_CREATE;
    Value none = value_null(schema_implied_type(job->schema));
    const StateObject *object = job->record->refreshed;
    Str private_data = planning->response.private_data;
    /* Private data that the first plan left unchanged belongs to the predecessor. */
    if (object && str_equal(private_data, object->private_data))
        private_data = STR_EMPTY;
    keep_notes(planning);
    /* ignore_changes does not apply to a successor. Values that were sensitive in the prior object
     * stay sensitive. */
    vec_each(&planning->written.sensitive, path) {
        vec_push(job->scratch, &planning->configured.sensitive, *path);
    }
    return ask_provider(planning, none, planning->written.value, private_data, &planning->response);
}

static bool has_write_only(const Planning *planning, const Paths *paths) {
    vec_each(paths, path) {
        if (schema_is_write_only(planning->job.schema, *path))
            return true;
    }
    return false;
}

/* Asks the provider to plan the deletion of the object. The response may have private data. */
static bool ask_for_deletion(Planning *planning, Value prior, PlanResponse *response) {
    const StateObject *object = planning->job.record->refreshed;
    Value none = value_null(schema_implied_type(planning->job.schema));
    PlanRequest request = {
        .prior = prior,
        .proposed = none,
        .config = none,
        .private_data = object ? object->private_data : STR_EMPTY,
    };
    return provider_call_plan(&planning->job, &request, response);
}

/* Adds the parts to the change, including those of a replaced predecessor. If the provider is
 * deferred, the parts are unknown. */
static bool keep_parts(Planning *planning) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    PlanResponse *response = &planning->response;
    PlanResponse gone = {0};
    bool replaces =
        action_is_replace(change->action) || change->action == ACTION_FORGET_THEN_CREATE;
    Value prior = replaces ? value_null(planning->prior_value.type) : planning->prior_value;
    if (job->provider->is_deferred) {
        change->has_unknown_parts = change->action != ACTION_NO_OP;
        return true;
    }
    bool destroys = action_is_replace(change->action) && provider_call_plans_destroy(job);
    if (destroys && !ask_for_deletion(planning, planning->prior_value, &gone))
        return false;
    return change_parts_keep(job, prior, response, destroys ? &gone : NULL, change);
}

static bool decide(Planning *planning) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    Value planned = planning->response.planned;
    if (value_is_null(planning->prior)) {
        change->action = ACTION_CREATE;
        if (planning->is_triggered)
            change->reason = REASON_REPLACE_BY_TRIGGERS;
    } else {
        Paths paths = {0};
        if (!planning->is_tainted)
            proposal_replace_paths(job, planning->prior_value, &planning->response, &paths,
                                   job->keep);
        bool is_same = value_equal(planning->prior_value, planned);
        bool is_asked = planning->is_tainted || planning->is_requested || planning->is_triggered;
        if (is_asked || (paths.count > 0 && (!is_same || has_write_only(planning, &paths)))) {
            if (!plan_replacement(planning, &paths))
                return false;
        } else {
            change->action = is_same ? ACTION_NO_OP : ACTION_UPDATE;
        }
    }
    if (!action_is_replace(change->action))
        object_marks_inherit(job, planning->prior, planning->response.planned,
                             &planning->configured);
    Value after = object_marks_add(job, planning->response.planned, &planning->configured);
    if (change->action == ACTION_NO_OP && !value_identical(after, planning->prior)) {
        change->action = ACTION_UPDATE; /* only marks differ: saved without a provider call */
    }
    if (change->action == ACTION_UPDATE)
        keep_notes(planning);
    note_deferral(planning);
    change->before = value_clone(planning->prior, job->keep);
    change->after = change->action == ACTION_NO_OP ? change->before : value_clone(after, job->keep);
    change->private_data = str_clone(planning->response.private_data, job->keep);
    return !job->type->resource->has_parts || keep_parts(planning);
}

static bool is_replace_requested(const Planning *planning) {
    const PlanOptions *options = planning->job.walk->options;
    vec_each(&options->replace, address) {
        if (resource_addr_equal(*address, planning->job.record->address))
            return true;
    }
    return false;
}

/* As in plans recorded from Terraform 1.11, && and || in arguments wait for both operands. */
static bool configure(Planning *planning) {
    EvalScope scope = planning->scope;
    scope.scope.self = &scope;
    scope.scope.awaits_operands = true;
    return configured_evaluate(&planning->job, &scope, &planning->written);
}

static bool evaluate(Planning *planning) {
    Job *job = &planning->job;
    evaluate_scope_init_instance(&planning->scope, job->record);
    if (!instance_conditions_before(job, &planning->scope) || !configure(planning))
        return false;
    planning->configured = planning->written;
    ignore_changes_apply(job, planning->prior, &planning->configured);
    return trigger_fires(job->record, &planning->scope, &planning->is_triggered, job->scratch,
                         &job->diags);
}

/* Refresh-only: references see the objects that exist. The value of a single instance without an
 * object is unknown. A repeated instance without an object is no element of its resource. */
static bool plan_refresh_only(Planning *planning) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    change->action = ACTION_NO_OP;
    change->before = value_clone(planning->prior, job->keep);
    change->after = change->before;
    if (value_is_null(planning->prior))
        job->record->planned = NULL;
    else
        job->record->value = change->before;
    evaluate_scope_init_instance(&planning->scope, job->record);
    planning->scope.lacks_self =
        value_is_null(planning->prior) && job->record->repetition != REPEAT_NONE;
    return instance_conditions_before(job, &planning->scope) &&
           instance_conditions_after(job, &planning->scope);
}

/* This plan replaces the server that holds the object, so the object is created anew. */
static void forget_prior(Planning *planning) {
    if (value_is_null(planning->prior))
        return;
    planning->prior = value_null(planning->prior.type);
    planning->is_gone = true;
}

static bool has_own_dependencies(const StateObject *object, const ResourceNode *resource) {
    if (object->dependency_count != resource->dependency_count)
        return false;
    for (size_t i = 0; i < object->dependency_count; i++) {
        if (!str_equal(object->dependencies[i], resource->dependencies[i]))
            return false;
    }
    return true;
}

/* If the object does not change, its former dependencies no longer order anything. They are
 * replaced by those of the configuration. */
static void settle_dependencies(Job *job) {
    const StateObject *object = job->record->refreshed;
    if (job->record->planned->action != ACTION_NO_OP || !object ||
        has_own_dependencies(object, job->resource))
        return;
    StateObject *settled = arena_new(job->keep, StateObject);
    *settled = *object;
    settled->dependencies = job->resource->dependencies;
    settled->dependency_count = job->resource->dependency_count;
    job->record->refreshed = settled;
    job->record->refreshed_changed = true;
}

static bool plan_instance(Planning *planning) {
    Job *job = &planning->job;
    if (!node_resource_refresh(job, &planning->prior))
        return false;
    if (job->provider->is_deferred && job->provider->is_rebuilt)
        forget_prior(planning);
    planning->prior_value = value_unmark_deep(planning->prior, job->scratch);
    const StateObject *object = job->record->refreshed;
    planning->is_tainted = object && object->status == OBJECT_TAINTED && !planning->is_gone;
    planning->is_requested = is_replace_requested(planning);
    new_change(planning);
    if (job->walk->options->mode == PLAN_REFRESH_ONLY)
        return plan_refresh_only(planning);
    if (!evaluate(planning))
        return false;
    Value prior =
        planning->is_tainted ? value_null(planning->prior_value.type) : planning->prior_value;
    Str private_data = object && value_is_present(prior) ? object->private_data : STR_EMPTY;
    if (!ask_provider(planning, prior, planning->configured.value, private_data,
                      &planning->response))
        return false;
    if (!decide(planning))
        return false;
    planning->is_decided = true;
    settle_dependencies(job);
    job->record->value = job->record->planned->after;
    Action action = job->record->planned->action;
    bool destroys = action_is_replace(action) && action != ACTION_FORGET_THEN_CREATE;
    return !(destroys && prevents_destroy(planning)) &&
           instance_conditions_after(job, &planning->scope);
}

static void log_decision(const Planning *planning) {
    const Job *job = &planning->job;
    const ResourceChange *change = job->record->planned;
    if (!change)
        return;
    log_debug("instance planned", log_text("address", job->address),
              log_cstr("action", action_name(change->action)),
              log_cstr("reason", action_reason_name(change->reason)),
              log_number("tainted", planning->is_tainted),
              log_number("requested", planning->is_requested),
              log_number("triggered", planning->is_triggered));
}

bool node_resource_plan(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Planning planning = {0};
    job_begin(&planning.job, payload, worker);
    planning.job.record->value = value_unknown(schema_implied_type(planning.job.schema));
    if (!plan_instance(&planning) && !planning.is_decided)
        planning.job.record->planned = NULL;
    log_decision(&planning);
    return job_end(&planning.job);
}

static ActionReason forget_reason(const Job *job) {
    if (job->resource->config)
        return REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG;
    return job->resource->removed ? job->record->removal
                                  : REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE;
}

/* Plans to remove the object from the state. It is neither read nor changed. */
static bool plan_forgetting(Planning *planning) {
    Job *job = &planning->job;
    if (!stored_object_decode(job, state_find_object(job->record->stored, job->record->deposed),
                              &planning->prior))
        return false;
    job->record->refreshed = state_find_object(job->record->stored, job->record->deposed);
    new_change(planning);
    ResourceChange *change = job->record->planned;
    change->action = ACTION_FORGET;
    change->reason = forget_reason(job);
    change->before = value_clone(planning->prior, job->keep);
    change->after = value_null(change->before.type);
    job->record->value = change->before;
    return true;
}

/* Asks the provider to plan a deletion. It may reject or prepare it. */
static bool ask_about_deletion(Planning *planning) {
    Job *job = &planning->job;
    ResourceChange *change = job->record->planned;
    if (!provider_call_plans_destroy(job)) {
        change->has_unknown_parts = job->type->resource->has_parts;
        return true;
    }
    Value prior = value_unmark_deep(planning->prior, job->scratch);
    if (!ask_for_deletion(planning, prior, &planning->response))
        return false;
    if (value_is_present(planning->response.planned)) {
        diags_error(&job->diags, NO_RANGE, "Provider produced invalid plan",
                    "%.*s is to be deleted, and its provider planned an object. This is a mistake "
                    "of the provider.",
                    STR_ARG(job->address));
        return false;
    }
    keep_notes(planning);
    change->private_data = str_clone(planning->response.private_data, job->keep);
    return !job->type->resource->has_parts ||
           change_parts_keep(job, prior, &planning->response, NULL, change);
}

/* A destroy plan ignores removed blocks: it deletes their objects instead of forgetting them. */
static bool plan_removal(Planning *planning) {
    Job *job = &planning->job;
    const StateObject *stored =
        job->record->stored ? state_find_object(job->record->stored, job->record->deposed) : NULL;
    bool only_reads = job->walk->options->mode == PLAN_REFRESH_ONLY;
    bool destroys_all = job->walk->options->mode == PLAN_DESTROY;
    const Removed *removed = destroys_all ? NULL : job->resource->removed;
    if (stored && !only_reads && removal_forgets(job->resource->config, removed, stored))
        return plan_forgetting(planning);
    if (!node_resource_refresh(job, &planning->prior))
        return false;
    if (value_is_null(planning->prior))
        return true; /* the object no longer exists */
    new_change(planning);
    ResourceChange *change = job->record->planned;
    const StateObject *object = job->record->refreshed;
    change->action = ACTION_DELETE;
    change->reason = destroys_all ? REASON_NONE : job->record->removal;
    change->before = value_clone(planning->prior, job->keep);
    change->after = value_null(change->before.type);
    if (object) {
        change->dependencies = object->dependencies;
        change->dependency_count = object->dependency_count;
        change->create_before_destroy = object->create_before_destroy;
    }
    job->record->value = change->before;
    if (only_reads) {
        job->record->planned = NULL;
        return true;
    }
    if (!ask_about_deletion(planning))
        return false;
    planning->is_decided = true;
    if (!job->resource->config || change->deposed.len > 0)
        return true;
    if (job->record->module)
        evaluate_scope_init_instance(&planning->scope, job->record);
    return !prevents_destroy(planning);
}

bool node_resource_plan_destroy(Walk *tasks, void *payload, uint32_t worker) {
    (void)tasks;
    Planning planning = {0};
    job_begin(&planning.job, payload, worker);
    planning.job.record->value = value_unknown(schema_implied_type(planning.job.schema));
    if (!plan_removal(&planning) && !planning.is_decided)
        planning.job.record->planned = NULL;
    log_decision(&planning);
    InstanceRecord *record = planning.job.record;
    record->failed |= record->is_refused;
    return job_end(&planning.job) && !record->is_refused;
}
