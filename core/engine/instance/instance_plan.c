/* Plans one instance of a resource: refreshes it, evaluates its configuration, calls the provider's
 * plan, decides on the change, and checks the conditions. Deletions follow at the end. */
#include "instance.h"

#include "change_parts.h"
#include "deferrals.h"
#include "instance_object.h"
#include "invocation.h"
#include "log.h"
#include "propose.h"
#include "provider_call.h"
#include "removal.h"

typedef struct Planning {
    InstanceOp op;
    ModuleScope scope;
    Configured written; /* evaluated configuration */
    Configured wanted;  /* `written` after ignore_changes */
    Value prior;        /* refreshed object, marked */
    Value prior_value;  /* `prior` without marks */
    Value identity;     /* of the refreshed object; null: none */
    bool is_tainted;
    bool is_gone;       /* lost, because the server of its provider is replaced */
    bool is_requested;  /* -replace */
    bool is_triggered;  /* replace_triggered_by */
    bool is_as_written; /* planned from `written`: a replacement */
    PlanResponse response;
} Planning;

/* Returns the paths that force a replacement: those whose value changes, and write-only paths,
 * whose changes only the provider knows. */
static Paths find_replace_paths(const Planning *planning) {
    const InstanceOp *op = &planning->op;
    Paths found = {0};
    vec_each(&planning->response.requires_replace, path) {
        if (!schema_is_write_only(op->schema, *path) &&
            !propose_changes_at(planning->prior_value, &planning->response, *path))
            continue;
        if (!paths_has(&found, *path))
            vec_push(op->keep, &found, path_clone(*path, op->keep));
    }
    return found;
}

static void new_change(Planning *planning) {
    InstanceOp *op = &planning->op;
    InstanceRecord *record = op->record;
    ResourceChange *change = instance_op_new_change(op);
    change->import = record->import;
    change->create_before_destroy = op->resource->create_before_destroy;
    record->planned = change;
}

static void keep_notes(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    vec_each(&planning->response.notes, note) {
        ChangeNote copy = {path_clone(note->path, op->keep), str_clone(note->text, op->keep)};
        vec_push(op->keep, &change->notes, copy);
    }
}

/* Adds a note to a change that is planned without calling the provider. */
static void instance_plan_note_deferral(Planning *planning) {
    ResourceChange *change = planning->op.record->planned;
    ChangeNote note = {{0},
                       STR("planned without its provider, whose configuration is not known "
                           "yet")};
    if (!planning->op.provider->is_deferred || change->action == ACTION_NO_OP)
        return;
    if (planning->is_gone)
        note.text = STR("created again, because the target of its provider is replaced");
    vec_push(planning->op.keep, &change->notes, note);
}

/* A destroy plan reports the error at the end, when it is known which objects are kept.
 * Dependencies of a kept object get no error. */
static bool instance_plan_report_prevented(Planning *planning) {
    InstanceOp *op = &planning->op;
    if (op->walk->options->mode == PLAN_DESTROY)
        op->record->failure = FAILURE_PROTECTED;
    else
        removal_report_prevented(op->resource->config, op->address, &op->diags);
    return true;
}

static bool instance_plan_prevents_destroy(Planning *planning) {
    InstanceOp *op = &planning->op;
    const Expr *expr = op->resource->config->lifecycle.prevent_destroy;
    if (!expr || op->walk->options->ignores_prevent_destroy)
        return false;
    Value prevented;
    if (!op->record->module) {
        /* Without a module instance, references cannot be evaluated. Only a literal other than true
         * allows the deletion. */
        if (expr_as_literal(expr, &prevented, op->scratch) && !value_is_true(prevented))
            return false;
        return instance_plan_report_prevented(planning);
    }
    if (!eval_expr_as(expr, &planning->scope.scope, &TYPE_BOOL, &prevented, op->scratch,
                      &op->diags))
        return true;
    prevented = value_without_marks(prevented);
    if (value_is_null(prevented))
        return false;
    if (!value_is_known(prevented)) {
        diags_error(&op->diags, expr->range, "Invalid prevent_destroy",
                    "The value of prevent_destroy of %.*s must be known during planning. Refer to "
                    "variables, or to values that are known before apply.",
                    STR_ARG(op->address));
        return true;
    }
    log_debug("prevent_destroy", log_text("address", op->address),
              log_number("value", value_is_true(prevented)));
    return value_is_true(prevented) && instance_plan_report_prevented(planning);
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
static bool instance_plan_replacement(Planning *planning, const Paths *paths) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    change->replace_paths = *paths;
    change->reason = replace_reason(planning);
    change->action =
        change->create_before_destroy ? ACTION_CREATE_THEN_DELETE : ACTION_DELETE_THEN_CREATE;
    if (!op->resource->config->lifecycle.destroy)
        change->action = ACTION_FORGET_THEN_CREATE;
    Value none = value_null(schema_implied_type(op->schema));
    const StateObject *object = op->record->refreshed;
    Str private_data = planning->response.private_data;
    /* Private data that the first plan left unchanged belongs to the predecessor. */
    if (object && str_equal(private_data, object->private_data))
        private_data = STR_EMPTY;
    keep_notes(planning);
    /* ignore_changes does not apply to a successor. Values that were sensitive in the prior object
     * stay sensitive. */
    vec_each(&planning->written.sensitive, path) {
        vec_push(op->scratch, &planning->wanted.sensitive, *path);
    }
    Configured successor = {
        .value = planning->written.value,
        .sensitive = planning->wanted.sensitive,
    };
    Proposal proposal = {none, &successor, private_data, planning->response.identity, NULL};
    planning->is_as_written = true;
    return propose_plan(op, &proposal, &planning->response);
}

static bool has_write_only(const Planning *planning, const Paths *paths) {
    vec_each(paths, path) {
        if (schema_is_write_only(planning->op.schema, *path))
            return true;
    }
    return false;
}

/* Asks the provider to plan the deletion of the object. The response may have private data. */
static bool call_plan_deletion(Planning *planning, Value prior, PlanResponse *response) {
    const StateObject *object = planning->op.record->refreshed;
    Value none = value_null(schema_implied_type(planning->op.schema));
    PlanRequest request = {
        .prior = prior,
        .proposed = none,
        .config = none,
        .private_data = object ? object->private_data : STR_EMPTY,
        .identity = planning->identity,
    };
    return provider_call_plan(&planning->op, &request, response);
}

/* Adds the parts to the change, including those of a replaced predecessor. If the provider is
 * deferred, the parts are unknown. */
static bool instance_plan_keep_parts(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    PlanResponse *response = &planning->response;
    PlanResponse gone = {0};
    bool replaces =
        action_is_replace(change->action) || change->action == ACTION_FORGET_THEN_CREATE;
    Value prior = replaces ? value_null(planning->prior_value.type) : planning->prior_value;
    if (op->provider->is_deferred) {
        change->has_unknown_parts = change->action != ACTION_NO_OP;
        return true;
    }
    bool destroys = action_is_replace(change->action) && provider_call_plans_destroy(op);
    if (destroys && !call_plan_deletion(planning, planning->prior_value, &gone))
        return false;
    return change_parts_keep(op, prior, response, destroys ? &gone : NULL, change);
}

/* Notes by what the apply recognises that the plan is still valid. After warnings, the apply calls
 * the provider again, because its events have the warnings, too. */
static void note_config(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    const Configured *configured = planning->is_as_written ? &planning->written : &planning->wanted;
    if (!op->managed->plan_stays || op->provider->is_deferred || op->mock.type ||
        op->diags.count > 0 || change->action == ACTION_NO_OP)
        return;
    change->config_digest =
        str_clone(configured_digest(configured, op->schema, op->scratch), op->keep);
    change->is_legacy = planning->response.is_legacy;
}

static bool keep_identities(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    Value planned = planning->response.identity;
    bool may_be_unknown = change->action != ACTION_NO_OP && change->action != ACTION_UPDATE;
    if (!may_be_unknown && !value_is_wholly_known(planned))
        return diags_fail(
            &op->diags, NO_RANGE, "Provider produced invalid identity",
            "The provider %s planned an identity with unknown values for %.*s, which exists "
            "already. This is a mistake in the provider; please report it to its "
            "developers.",
            op->provider->provider->address, STR_ARG(op->address));
    /* As in Terraform, the plan of a tainted object does not show the identity that ends. */
    if (!planning->is_tainted)
        change->before_identity = object_identity_clone(planning->identity, op->keep);
    change->after_identity = object_identity_clone(planned, op->keep);
    if (op->managed->identity)
        change->identity_version = op->managed->identity->version;
    return true;
}

static bool decide(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    Value planned = planning->response.planned;
    if (value_is_null(planning->prior)) {
        change->action = ACTION_CREATE;
        if (planning->is_triggered)
            change->reason = REASON_REPLACE_BY_TRIGGERS;
    } else {
        Paths paths = planning->is_tainted ? (Paths){0} : find_replace_paths(planning);
        bool is_same = value_equal(planning->prior_value, planned);
        bool is_asked = planning->is_tainted || planning->is_requested || planning->is_triggered;
        if (is_asked || (paths.count > 0 && (!is_same || has_write_only(planning, &paths)))) {
            if (!instance_plan_replacement(planning, &paths))
                return false;
        } else {
            change->action = is_same ? ACTION_NO_OP : ACTION_UPDATE;
        }
        log_debug("prior compared", log_text("address", op->address), log_number("same", is_same),
                  log_number("replace_paths", (int64_t)paths.count));
    }
    if (!action_is_replace(change->action))
        object_marks_inherit(op, planning->prior, planning->response.planned,
                             planning->wanted.value, &planning->wanted.sensitive);
    Value after = object_marks_add(op, planning->response.planned, &planning->wanted.sensitive);
    if (change->action == ACTION_NO_OP && !value_identical(after, planning->prior)) {
        change->action = ACTION_UPDATE; /* only marks differ: saved without a provider call */
    }
    if (change->action == ACTION_UPDATE || change->action == ACTION_CREATE)
        keep_notes(planning);
    instance_plan_note_deferral(planning);
    change->before = value_clone(planning->prior, op->keep);
    change->after = change->action == ACTION_NO_OP ? change->before : value_clone(after, op->keep);
    change->private_data = str_clone(planning->response.private_data, op->keep);
    note_config(planning);
    if (!keep_identities(planning))
        return false;
    return !op->managed->has_parts || instance_plan_keep_parts(planning);
}

static bool is_replace_requested(const Planning *planning) {
    const PlanOptions *options = planning->op.walk->options;
    vec_each(&options->replace, address) {
        if (resource_addr_equal(*address, planning->op.record->address))
            return true;
    }
    return false;
}

/* As in plans recorded from Terraform 1.11, && and || in arguments wait for both operands. */
static bool plan_arguments(Planning *planning) {
    ModuleScope scope = planning->scope;
    scope.scope.self = &scope;
    scope.scope.no_short_circuit = true;
    return configured_evaluate(&planning->op, &scope, &planning->written);
}

static bool instance_plan_evaluate(Planning *planning) {
    InstanceOp *op = &planning->op;
    module_scope_init_instance(&planning->scope, op->record);
    if (!instance_conditions_before(op, &planning->scope) || !plan_arguments(planning))
        return false;
    planning->wanted = planning->written;
    configured_ignore_changes(op, planning->prior, &planning->wanted);
    return trigger_fires(op->record, &planning->scope, &planning->is_triggered, op->scratch,
                         &op->diags);
}

/* Adds the configuration of an imported object, for a block that does not exist yet. */
static bool generate_config(Planning *planning) {
    InstanceOp *op = &planning->op;
    GenerateConfigRequest request = {planning->prior_value};
    GenerateConfigResponse response = {0};
    if (!op->walk->options->import_only || value_is_null(planning->prior))
        return true;
    if (!provider_call_generate_config(op, op->managed, &request, &response))
        return false;
    op->record->planned->config = value_clone(response.config, op->keep);
    return true;
}

/* Refresh-only: references see the objects that exist. The value of a single instance without an
 * object is unknown. A repeated instance without an object is no element of its resource. */
static bool plan_refresh_only(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    change->action = op->record->deferral ? ACTION_READ : ACTION_NO_OP;
    change->before = value_clone(planning->prior, op->keep);
    change->after = change->before;
    if (!generate_config(planning))
        return false;
    if (value_is_null(planning->prior))
        op->record->planned = NULL;
    else
        op->record->value = change->before;
    module_scope_init_instance(&planning->scope, op->record);
    planning->scope.lacks_self =
        value_is_null(planning->prior) && op->record->repetition != REPEAT_NONE;
    return instance_conditions_before(op, &planning->scope) &&
           instance_conditions_after(op, &planning->scope);
}

/* This plan replaces the server that holds the object, so the object is created anew. */
static void drop_prior(Planning *planning) {
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
static void refresh_dependencies(InstanceOp *op) {
    const StateObject *object = op->record->refreshed;
    if (op->record->planned->action != ACTION_NO_OP || !object ||
        has_own_dependencies(object, op->resource))
        return;
    StateObject *updated = arena_new(op->keep, StateObject);
    *updated = *object;
    updated->dependencies = op->resource->dependencies;
    updated->dependency_count = op->resource->dependency_count;
    op->record->refreshed = updated;
    if (op->record->refresh == REFRESH_UNCHANGED)
        op->record->refresh = REFRESH_CHANGED;
}

/* Checks prevent_destroy and postconditions, and plans the actions that the change invokes. Errors
 * do not discard the change. */
static void check_change(Planning *planning) {
    InstanceOp *op = &planning->op;
    if (action_is_replace(op->record->planned->action) && instance_plan_prevents_destroy(planning))
        return;
    if (instance_conditions_after(op, &planning->scope))
        invocation_plan(op, &planning->scope, op->record->planned);
}

static bool plan_declared(Planning *planning) {
    InstanceOp *op = &planning->op;
    /* 1. Refresh the object. */
    if (!instance_refresh(op, &planning->prior))
        return false;
    if (op->provider->is_deferred && op->provider->is_rebuilt)
        drop_prior(planning);
    planning->prior_value = value_unmark_deep(planning->prior, op->scratch);
    const StateObject *object = op->record->refreshed;
    if (!object_identity_decode(op, object, &planning->identity))
        return false;
    planning->is_tainted = object && object->status == OBJECT_TAINTED && !planning->is_gone;
    planning->is_requested = is_replace_requested(planning);
    new_change(planning);
    if (op->walk->options->mode == PLAN_REFRESH_ONLY)
        return plan_refresh_only(planning);
    /* 2. Evaluate preconditions, arguments, ignore_changes and triggers. */
    if (!instance_plan_evaluate(planning))
        return false;
    op->is_replaced = planning->is_requested || planning->is_triggered;
    Value prior =
        planning->is_tainted ? value_null(planning->prior_value.type) : planning->prior_value;
    bool has_prior = object && value_is_present(prior);
    /* 3. Propose the merged object to the provider, which plans. */
    Proposal proposal = {.prior = prior, .configured = &planning->wanted};
    if (has_prior) {
        proposal.private_data = object->private_data;
        proposal.identity = planning->identity;
    }
    if (!propose_plan(op, &proposal, &planning->response))
        return false;
    /* 4. Choose the action; a replacement plans its successor. */
    if (!decide(planning))
        return false;
    op->record->value = op->record->planned->after;
    /* 5. Defer the change, if something that it needs is deferred. */
    if (!op->record->deferral)
        op->record->deferral = deferrals_of_needs(op->node, op->provider);
    if (op->record->deferral) {
        invocation_defer(op, &planning->scope, op->record->planned);
        return true;
    }
    /* 6. Check prevent_destroy and postconditions; plan the actions that the change invokes. */
    refresh_dependencies(op);
    check_change(planning);
    return true;
}

static void log_decision(const Planning *planning) {
    const InstanceOp *op = &planning->op;
    const ResourceChange *change = op->record->planned;
    if (!change)
        return;
    log_debug("instance planned", log_text("address", op->address),
              log_cstr("action", action_name(change->action)),
              log_cstr("reason", action_reason_name(change->reason)),
              log_number("tainted", planning->is_tainted),
              log_number("requested", planning->is_requested),
              log_number("triggered", planning->is_triggered));
}

/* Runs one way of planning from begin to end. `plan_as` returns false if it discards the change. */
static bool instance_plan_run(InstanceRecord *record, uint32_t worker,
                              bool (*plan_as)(Planning *planning)) {
    Planning planning = {0};
    InstanceOp *op = &planning.op;
    instance_op_begin(op, record, worker);
    record->value = value_unknown(schema_implied_type(op->schema));
    bool ok = plan_as(&planning);
    log_debug("plan task", log_text("address", op->address), log_number("ok", ok));
    if (!ok) {
        record->planned = NULL;
        if (op->provider->is_deferred)
            record->refresh =
                REFRESH_UNCHANGED; /* the object was not read, so the stored one stays */
    }
    log_decision(&planning);
    return instance_op_end(op) && record->failure != FAILURE_PROTECTED;
}

/* Plans the creation of an instance with an unknown key: this finds mistakes in the block, and
 * shows the values that all its instances have. */
static bool plan_placeholder(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = instance_op_new_change(op);
    op->record->planned = change;
    op->record->deferral = DEFERRAL_INSTANCE_KEYS;
    planning->prior = planning->prior_value = value_null(schema_implied_type(op->schema));
    module_scope_init_instance(&planning->scope, op->record);
    if (!plan_arguments(planning) ||
        !propose_plan(op, &(Proposal){.prior = planning->prior, .configured = &planning->written},
                      &planning->response))
        return false;
    Value after = object_marks_add(op, planning->response.planned, &planning->written.sensitive);
    change->action = ACTION_CREATE;
    change->before = planning->prior;
    change->after = value_clone(after, op->keep);
    return true;
}

bool instance_plan_placeholder(Walk *, void *payload, uint32_t worker) {
    return instance_plan_run(payload, worker, plan_placeholder);
}

bool instance_plan(Walk *, void *payload, uint32_t worker) {
    return instance_plan_run(payload, worker, plan_declared);
}

/* Returns whether this plan replaces the server that contains the object. Then the object is lost
 * with the old server, and a deletion would reach the new one. */
static bool is_target_replaced(const InstanceOp *op) {
    return op->provider->is_deferred && op->provider->is_rebuilt &&
           op->walk->options->mode == PLAN_NORMAL;
}

static ActionReason forget_reason(const InstanceOp *op) {
    if (is_target_replaced(op))
        return op->record->removal;
    if (op->resource->config)
        return REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_CONFIG;
    return op->resource->removed ? op->record->removal
                                 : REASON_FORGOT_BECAUSE_LIFECYCLE_DESTROY_IN_STATE;
}

/* Plans to remove the object from the state. It is neither read nor changed. */
static bool plan_forgetting(Planning *planning) {
    InstanceOp *op = &planning->op;
    if (!stored_object_decode(op, state_find_object(op->record->stored, op->record->deposed),
                              &planning->prior))
        return false;
    op->record->refreshed = state_find_object(op->record->stored, op->record->deposed);
    new_change(planning);
    ResourceChange *change = op->record->planned;
    change->action = ACTION_FORGET;
    change->reason = forget_reason(op);
    change->before = value_clone(planning->prior, op->keep);
    change->after = value_null(change->before.type);
    if (is_target_replaced(op)) {
        ChangeNote note = {{0}, STR("gone with the target of its provider, which is replaced")};
        vec_push(op->keep, &change->notes, note);
    }
    op->record->value = change->before;
    return true;
}

/* Asks the provider to plan a deletion. It may reject or prepare it. */
static bool instance_plan_deletion(Planning *planning) {
    InstanceOp *op = &planning->op;
    ResourceChange *change = op->record->planned;
    if (!provider_call_plans_destroy(op)) {
        change->has_unknown_parts = op->managed->has_parts;
        return true;
    }
    Value prior = value_unmark_deep(planning->prior, op->scratch);
    if (!call_plan_deletion(planning, prior, &planning->response))
        return false;
    if (value_is_present(planning->response.planned))
        return diags_fail(
            &op->diags, NO_RANGE, "Provider produced invalid plan",
            "%.*s is to be deleted, but its provider planned an object. This is a bug in "
            "the provider.",
            STR_ARG(op->address));
    keep_notes(planning);
    change->private_data = str_clone(planning->response.private_data, op->keep);
    change->after_identity = object_identity_clone(planning->response.identity, op->keep);
    return !op->managed->has_parts ||
           change_parts_keep(op, prior, &planning->response, NULL, change);
}

/* Plans what the deletion invokes. Without a module instance, no action can be evaluated. */
static void plan_invocations(Planning *planning) {
    InstanceOp *op = &planning->op;
    ModuleScope scope = planning->scope;
    KeyKind kind = op->record->address.key.kind;
    if (!op->record->module)
        return;
    scope.scope.self = &scope;
    scope.repetition = kind == KEY_INT      ? REPEAT_COUNT
                       : kind == KEY_STRING ? REPEAT_EACH
                                            : REPEAT_NONE;
    if (op->record->deferral)
        invocation_defer(op, &scope, op->record->planned);
    else
        invocation_plan(op, &scope, op->record->planned);
}

/* Begins the change that deletes the refreshed object. */
static void new_deletion(Planning *planning, ActionReason reason) {
    InstanceOp *op = &planning->op;
    const StateObject *object = op->record->refreshed;
    new_change(planning);
    ResourceChange *change = op->record->planned;
    change->action = ACTION_DELETE;
    change->reason = reason;
    change->before = op->record->value;
    change->after = value_null(change->before.type);
    change->before_identity = object_identity_clone(planning->identity, op->keep);
    if (object) {
        change->dependencies = object->dependencies;
        change->dependency_count = object->dependency_count;
        change->create_before_destroy = object->create_before_destroy;
    }
}

/* Returns true if the object is forgotten instead of destroyed. The first one that is not NULL
 * decides: `removed` (its removed block), `declared` (its block), `object` (its state object). */
static bool plan_removal_forgets(const Resource *declared, const Removed *removed,
                                 const StateObject *object) {
    if (removed)
        return !removed->destroy;
    if (declared)
        return !declared->lifecycle.destroy;
    return object && object->skip_destroy;
}

/* Plans that an object is deleted or, by its lifecycle or removed block, forgotten. A destroy plan
 * ignores removed blocks: it deletes their objects. */
static bool plan_removal(Planning *planning) {
    InstanceOp *op = &planning->op;
    const StateObject *stored =
        op->record->stored ? state_find_object(op->record->stored, op->record->deposed) : NULL;
    bool only_reads = op->walk->options->mode == PLAN_REFRESH_ONLY || op->record->may_stay;
    bool destroys_all = op->walk->options->mode == PLAN_DESTROY;
    const Removed *removed = destroys_all ? NULL : op->resource->removed;
    /* 1. Forget it, if its lifecycle or a removed block says so. */
    if (stored && !only_reads &&
        (is_target_replaced(op) || plan_removal_forgets(op->resource->config, removed, stored)))
        return plan_forgetting(planning);
    /* 2. Refresh the object. It has no change if it cannot be read or no longer exists. */
    if (!instance_refresh(op, &planning->prior) || value_is_null(planning->prior) ||
        !object_identity_decode(op, op->record->refreshed, &planning->identity))
        return false;
    op->record->value = value_clone(planning->prior, op->keep);
    if (only_reads) {
        op->record->deferral = DEFERRAL_NONE;
        return true;
    }
    /* 3. Plan the deletion; the provider may reject it. */
    new_deletion(planning, destroys_all ? REASON_NONE : op->record->removal);
    if (!instance_plan_deletion(planning))
        return false;
    /* 4. Defer it, if something that it needs is deferred. */
    Deferral *deferral = &op->record->deferral;
    *deferral = *deferral                     ? *deferral
                : planning->response.deferral ? planning->response.deferral
                                              : deferrals_of_needs(op->node, op->provider);
    /* 5. Check prevent_destroy; plan the actions that the deletion invokes. */
    if (!op->resource->config || op->record->deposed.len > 0)
        return true;
    if (op->record->module)
        module_scope_init_instance(&planning->scope, op->record);
    if (*deferral || !instance_plan_prevents_destroy(planning))
        plan_invocations(planning);
    return true;
}

bool instance_plan_destroy(Walk *, void *payload, uint32_t worker) {
    return instance_plan_run(payload, worker, plan_removal);
}
