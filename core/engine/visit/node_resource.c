/* Visits a resource block: expands it in each module instance, and submits a task per instance.
 * Stored instances that are not in the expansion are submitted for removal. */
#include "deferrals.h"
#include "expand.h"
#include "instance.h"
#include "instance_object.h"
#include "log.h"
#include "node_visit.h"
#include "provider_call.h"
#include "walk_log.h"

typedef bool (*InstanceTask)(Walk *pool, void *record, uint32_t worker);

/* The task of an instance whose limits are unknown: the call failed and its errors are reported. */
static bool fail_instance(Walk *pool, void *record, uint32_t worker) {
    (void)pool, (void)record, (void)worker;
    return false;
}

/* Adds the limits of the read that a planning task makes first. The object is decoded here, because
 * the limits depend on it. Types without such limits skip that. */
static bool limit_read(NodeVisit *visit, InstanceRecord *record, WalkTask *task) {
    const ResourceType *type = resource_type_of(visit->node->as.resource->type);
    const StateObject *object = record->stored ? record->stored->current : NULL;
    bool reads = visit->walk->phase == PHASE_PLAN && !visit->walk->options->skip_refresh;
    if (!reads || !type || !type->limits_reads || !object || record->deposed.len > 0)
        return true;
    InstanceOp op;
    Value value;
    instance_op_begin(&op, record, visit->worker);
    if (!stored_object_decode(&op, object, &value))
        return true; /* the task reports decoding errors */
    LimitsRequest request = {.action = LIMIT_READ,
                             .object = value_unmark_deep(value, visit->scratch),
                             .prior = value_null(schema_implied_type(op.schema))};
    return provider_call_limits(&op, &request, task);
}

static bool limit_change(NodeVisit *visit, InstanceRecord *record, WalkTask *task) {
    const ResourceType *type = resource_type_of(visit->node->as.resource->type);
    const ResourceChange *change = record->planned_change->change;
    bool calls = change->action != ACTION_NO_OP && change->action != ACTION_DELETE &&
                 change->action != ACTION_FORGET;
    if (!calls || !type || !type->limits)
        return true;
    InstanceOp op;
    instance_op_begin(&op, record, visit->worker);
    bool is_update = change->action == ACTION_UPDATE;
    LimitsRequest request = {
        .action = is_update ? LIMIT_UPDATE : LIMIT_CREATE,
        .object = value_unmark_deep(change->after, visit->scratch),
        .prior = is_update ? value_unmark_deep(change->before, visit->scratch)
                           : value_null(schema_implied_type(op.schema)),
    };
    return provider_call_limits(&op, &request, task);
}

static void resource_submit(NodeVisit *visit, InstanceRecord *record, InstanceTask run) {
    WalkTask task = {.run = run, .payload = record};
    if (!limit_read(visit, record, &task)) {
        record->value = value_unknown(schema_implied_type(&visit->node->as.resource->type->schema));
        task.run = fail_instance;
    }
    walk_submit(visit->pool, visit->node->id, task);
}

static bool resource_is_excluded(const PlanOptions *options, ResourceAddr address) {
    vec_each(&options->excludes, target) {
        if (address_target_matches(target, address))
            return true;
    }
    return false;
}

static bool resource_is_named(const NodeVisit *visit, ResourceAddr address) {
    vec_each(&visit->walk->options->targets, target) {
        if (address_target_matches(target, address))
            return true;
    }
    return false;
}

static bool destroys_a_part(const EngineWalk *walk) {
    return walk->phase == PHASE_PLAN && walk->options->mode == PLAN_DESTROY &&
           walk->options->targets.count > 0;
}

static bool is_targeted(const NodeVisit *visit, ResourceAddr address) {
    if (destroys_a_part(visit->walk))
        return map_has(&visit->walk->destroyed, resource_addr_to_str(address, visit->scratch));
    const PlanOptions *options = visit->walk->options;
    if (!visit->node->is_target || (options && resource_is_excluded(options, address)))
        return false;
    if (!options || options->targets.count == 0)
        return true;
    bool is_needed = visit->node->selects_all && node_wants(visit->node->as.resource, address.key);
    bool is_target = resource_is_named(visit, address);
    if (log_enabled(LOG_DEBUG))
        log_debug("instance selection",
                  log_text("address", resource_addr_to_str(address, visit->scratch)),
                  log_number("needed", is_needed), log_number("named", is_target));
    return is_needed || is_target;
}

/* The stored objects of one block in one module instance, for their removal. */
typedef struct Removal {
    NodeVisit *visit;
    ModuleInstance *module; /* NULL: the module instance no longer exists */
    const StateResource *resource;
} Removal;

static ActionReason removal_reason(const Expansion *expansion, InstanceKey key) {
    bool is_disabled = expansion->kind == REPEAT_NONE && expansion->count == 0;
    if (is_disabled && !expansion->is_unknown && key.kind == KEY_NONE)
        return REASON_DELETE_BECAUSE_ENABLED_FALSE;
    if (key.kind == KEY_INT && expansion->kind == REPEAT_COUNT)
        return REASON_DELETE_BECAUSE_COUNT_INDEX;
    if (key.kind == KEY_STRING && expansion->kind == REPEAT_EACH)
        return REASON_DELETE_BECAUSE_EACH_KEY;
    return REASON_DELETE_BECAUSE_WRONG_REPETITION;
}

static ResourceAddr stored_address(const Removal *removal, const StateInstance *stored) {
    ResourceAddr address = removal->resource->address;
    address.key = stored->key;
    return address;
}

static InstanceRecord *new_removal(const Removal *removal, const StateInstance *stored,
                                   ActionReason reason) {
    NodeVisit *visit = removal->visit;
    InstanceRecord *record = arena_new(visit->walk_arena, InstanceRecord);
    record->walk = visit->walk;
    record->node = visit->node;
    record->module = removal->module;
    record->address = stored_address(removal, stored);
    record->stored_resource = removal->resource;
    record->stored = stored;
    record->provider_key = stored->provider_key;
    record->removal = reason;
    record->each_value = value_null(&TYPE_DYNAMIC);
    vec_push(visit->walk_arena, &visit->walk->workers[visit->worker].removed, record);
    log_debug("removal", log_text("address", resource_addr_to_str(record->address, visit->scratch)),
              log_number("deposed", (int64_t)stored->deposed.count),
              log_cstr("reason", action_reason_name(reason)));
    return record;
}

static InstanceRecord *begin_removal(const Removal *removal, const StateInstance *stored,
                                     ActionReason reason) {
    removal->visit->node->is_pending = removal->visit->node->is_changing = true;
    return new_removal(removal, stored, reason);
}

/* The block may have this instance: its object is read and stays, its deposed objects wait. */
static void keep_instance(const Removal *removal, const StateInstance *stored) {
    bool is_managed = removal->resource->address.mode == MODE_MANAGED;
    if (!is_managed || (!stored->current && !stored->pending) ||
        !is_targeted(removal->visit, stored_address(removal, stored)))
        return;
    InstanceRecord *record = new_removal(removal, stored, REASON_NONE);
    record->may_stay = true;
    resource_submit(removal->visit, record, instance_plan_destroy);
}

static void remove_deposed(const Removal *removal, const StateInstance *stored) {
    vec_each(&stored->deposed, deposed) {
        InstanceRecord *record = begin_removal(removal, stored, REASON_NONE);
        record->deposed = deposed->key;
        resource_submit(removal->visit, record, instance_plan_destroy);
    }
}

/* Submits the deletions of an instance. Returns the record of its current object; NULL if that is
 * not deleted. */
static InstanceRecord *remove_instance(const Removal *removal, const StateInstance *stored,
                                       ActionReason reason) {
    if (!is_targeted(removal->visit, stored_address(removal, stored)))
        return NULL;
    remove_deposed(removal, stored);
    if (!stored->current && !stored->pending)
        return NULL;
    InstanceRecord *record = begin_removal(removal, stored, reason);
    if (removal->resource->address.mode != MODE_MANAGED) {
        record->refresh = REFRESH_CHANGED; /* a data source is only removed from the state */
        return NULL;
    }
    resource_submit(removal->visit, record, instance_plan_destroy);
    return record;
}

static void remove_all(const Removal *removal, ActionReason reason) {
    vec_each(&removal->resource->instances, stored) {
        remove_instance(removal, stored, reason);
    }
}

static const StateResource *stored_for(const NodeVisit *visit, const ModuleInstance *module) {
    const ResourceNode *resource = visit->node->as.resource;
    if (resource->stored.count == 0)
        return NULL;
    return map_find(&resource->stored_by_module,
                    module_addr_to_str(module->address, visit->scratch));
}

/* The task of a record that stands for all instances of a block. */
static InstanceTask task_of_placeholder(const NodeVisit *visit) {
    switch (visit->node->as.resource->config->mode) {
    case MODE_MANAGED: return instance_plan_placeholder;
    case MODE_DATA: return node_data_plan_placeholder;
    case MODE_EPHEMERAL:
    case MODE_ACTION:
    case MODE_LIST: break;
    }
    return NULL;
}

static InstanceTask task_of(const NodeVisit *visit) {
    ResourceMode mode = visit->node->as.resource->config->mode;
    bool is_data = mode == MODE_DATA;
    bool is_ephemeral = mode == MODE_EPHEMERAL;
    if (mode == MODE_ACTION) /* what triggers it evaluates it */
        return visit->walk->phase == PHASE_VALIDATE ? instance_validate : NULL;
    if (mode == MODE_LIST && visit->walk->phase != PHASE_VALIDATE)
        return visit->walk->phase == PHASE_PLAN ? instance_list : NULL;
    switch (visit->walk->phase) {
    case PHASE_VALIDATE: return instance_validate;
    case PHASE_PLAN:
        if (is_ephemeral)
            return node_ephemeral_open;
        if (is_data)
            return node_data_plan;
        return visit->walk->options->mode == PLAN_DESTROY ? instance_plan_destroy : instance_plan;
    case PHASE_APPLY:
        if (is_ephemeral)
            return node_ephemeral_open;
        return is_data ? node_data_apply : instance_apply;
    case PHASE_EVALUATE:
        if (!visit->walk->options->gitops || is_data)
            return NULL;
        return is_ephemeral ? node_ephemeral_open : instance_gitops;
    }
    return NULL;
}

/* A refresh-only plan deletes nothing. References still see the object, if its key has the kind of
 * the expansion. */
static void keep_beyond(ResourceExpansion *expansion, InstanceRecord *record, Arena *arena) {
    KeyKind kind = expansion->expansion.kind == REPEAT_COUNT  ? KEY_INT
                   : expansion->expansion.kind == REPEAT_EACH ? KEY_STRING
                                                              : KEY_NONE;
    if (kind != KEY_NONE && record->address.key.kind == kind)
        vec_push(arena, &expansion->beyond, record);
}

/* Returns true if the stored instance may be one of a block with unknown keys. */
static bool may_stay(const NodeVisit *visit, const Expansion *expansion, InstanceKey key) {
    return expansion->is_unknown && deferrals_reach_dependents(visit->walk) &&
           deferrals_may_have(expansion->kind, key);
}

/* Keys and stored instances are both sorted, so one pass matches them. */
static void pair_with_state(const Removal *removal, ResourceExpansion *out) {
    bool removes = removal->visit->walk->phase == PHASE_PLAN;
    const StateResource *stored = removal->resource;
    size_t i = 0;
    vec_each(&stored->instances, instance) {
        size_t count = out->expansion.is_unknown ? 0 : out->expansion.count;
        while (i < count && address_key_compare(out->expansion.keys[i], instance->key) < 0)
            i++;
        bool known = i < count && address_key_equal(out->expansion.keys[i], instance->key);
        if (known) {
            out->records[i].stored_resource = stored;
            out->records[i].stored = instance;
        }
        if (!removes)
            continue;
        if (may_stay(removal->visit, &out->expansion, instance->key)) {
            keep_instance(removal, instance);
        } else if (!known) {
            InstanceRecord *record =
                remove_instance(removal, instance, removal_reason(&out->expansion, instance->key));
            if (record && removal->visit->walk->options->mode == PLAN_REFRESH_ONLY)
                keep_beyond(out, record, removal->visit->walk_arena);
            out->is_changing |= is_targeted(removal->visit, stored_address(removal, instance));
        } else if (is_targeted(removal->visit, out->records[i].address))
            remove_deposed(removal, instance);
    }
}

static size_t count_results(const Resource *config) {
    if (config->check)
        return 1;
    return config->lifecycle.preconditions.count + config->lifecycle.postconditions.count;
}

static void fill_records(NodeVisit *visit, ModuleInstance *module, ResourceExpansion *out) {
    const Expansion *expansion = &out->expansion;
    const Resource *config = visit->node->as.resource->config;
    size_t count = expansion->count;
    bool checks =
        visit->walk->phase != PHASE_VALIDATE && visit->walk->options->mode != PLAN_DESTROY;
    bool is_validating = visit->walk->phase == PHASE_VALIDATE;
    InstanceKey unknown = {.kind = is_validating ? KEY_NONE : KEY_UNKNOWN};
    out->records = arena_new_array(visit->walk_arena, InstanceRecord, count + 1);
    for (size_t i = 0; i < count; i++) {
        InstanceKey key = expansion->is_unknown ? unknown : expansion->keys[i];
        if (key.kind == KEY_STRING)
            key.text = str_clone(key.text, visit->keep);
        if (!expansion->is_unknown)
            expansion->keys[i] = key;
        out->records[i] = (InstanceRecord){
            .walk = visit->walk,
            .node = visit->node,
            .module = module,
            .address = {module->address, config->mode, config->type, config->name, key},
            .repetition = expansion->kind,
            .keys_unknown = is_validating || expansion->is_unknown,
            .each_value = expansion->is_unknown
                              ? value_unknown(&TYPE_DYNAMIC)
                              : value_clone(expansion->values[i], visit->walk_arena),
        };
        if (checks && !expansion->is_unknown)
            out->records[i].results = checks_new(count_results(config), visit->walk_arena);
    }
}

/* An instance without a task (not selected, or console) has its stored value. */
static void resource_keep_stored(NodeVisit *visit, InstanceRecord *record) {
    const ResourceNode *resource = visit->node->as.resource;
    log_debug("instance kept",
              log_text("address", resource_addr_to_str(record->address, visit->scratch)));
    record->value = value_unknown(schema_implied_type(&resource->type->schema));
    const StateObject *object = record->stored ? record->stored->current : NULL;
    if (visit->walk->working) {
        object =
            working_state_object(visit->walk->working, record->address, STR_EMPTY, visit->keep);
    }
    if (!object)
        return;
    InstanceOp op;
    instance_op_begin(&op, record, visit->worker);
    op.diags = visit->diags;
    (void)!stored_object_keep(&op, object, visit->keep);
    visit->diags = op.diags;
}

static int compare_planned_change(const void *wanted, const void *item) {
    const ResourceChange *change = (*(PlannedChange *const *)item)->change;
    int order = resource_addr_compare(*(const ResourceAddr *)wanted, change->address);
    return order ? order : str_compare(STR_EMPTY, change->deposed);
}

/* Returns the planned change of the current object; NULL if none. */
static PlannedChange *find_planned_change(const ResourceNode *resource, ResourceAddr address) {
    const PlannedChanges *runs = &resource->planned;
    if (runs->count == 0)
        return NULL;
    PlannedChange *const *found = bsearch(&address, runs->items, runs->count,
                                          sizeof(PlannedChange *), compare_planned_change);
    return found ? *found : NULL;
}

/* Types whose tasks have limits are not batched: the second part of a task has none. Nor are
 * changes that invoke actions, which run between the two parts. */
static bool batches_intents(const NodeVisit *visit, const PlannedChange *run) {
    const ResourceType *type = resource_type_of(visit->node->as.resource->type);
    return run && run->change->action != ACTION_NO_OP && run->change->invocations.count == 0 &&
           type && type->batches_intents && !type->limits;
}

static void submit_apply(NodeVisit *visit, InstanceRecord *record, InstanceTask run) {
    WalkTask task = {.run = run, .payload = record};
    record->planned_change = find_planned_change(visit->node->as.resource, record->address);
    if (batches_intents(visit, record->planned_change)) {
        task.run = instance_apply_batched;
        task.is_brief = true;
    }
    if (record->planned_change && !limit_change(visit, record, &task)) {
        record->value = value_unknown(schema_implied_type(&visit->node->as.resource->type->schema));
        record->planned_change->failed = true;
        task.run = fail_instance;
    }
    walk_submit(visit->pool, visit->node->id, task);
}

/* A prerequisite deletion failed, so every change of this block except no-ops and reads is marked
 * failed. */
static void fail_changes(const ResourceNode *resource) {
    vec_each(&resource->planned, run) {
        if ((*run)->change->action != ACTION_NO_OP && (*run)->change->action != ACTION_READ)
            (*run)->failed = true;
    }
}

/* Apply: returns true if the instance waits for a later plan. References see its planned value. */
static bool resource_is_deferred(const NodeVisit *visit, InstanceRecord *record) {
    const ResourceNode *resource = visit->node->as.resource;
    const DeferredChange *deferred =
        visit->walk->phase == PHASE_APPLY ? deferrals_find(resource, record->address) : NULL;
    if (deferred)
        record->value = deferred->change.after;
    return deferred != NULL;
}

static void submit_records(NodeVisit *visit, ResourceExpansion *expansion) {
    size_t count = expansion->expansion.count;
    bool is_placeholder = expansion->expansion.is_unknown && visit->walk->phase != PHASE_VALIDATE;
    InstanceTask task = is_placeholder ? task_of_placeholder(visit) : task_of(visit);
    for (size_t i = 0; i < count; i++) {
        InstanceRecord *record = &expansion->records[i];
        if (resource_is_deferred(visit, record))
            continue;
        bool is_only_read = task == instance_gitops && !resource_is_named(visit, record->address);
        if (!task || is_only_read || !is_targeted(visit, record->address)) {
            resource_keep_stored(visit, record);
        } else if (visit->walk->phase == PHASE_APPLY) {
            submit_apply(visit, record, task);
        } else {
            resource_submit(visit, record, task);
        }
    }
}

/* The key is evaluated in the scope of the block, or of the module call that passes the provider
 * configuration. */
static void init_key_scope(ModuleScope *scope, const InstanceRecord *record) {
    const EngineModule *called = record->node->as.resource->provider_key.called;
    ModuleInstance *module = record->module;
    if (!called) {
        module_scope_init_instance(scope, record);
        return;
    }
    while (module->module != called)
        module = module->parent;
    module_scope_init_call(scope, record->walk, module);
}

static bool read_provider_key(NodeVisit *visit, InstanceRecord *record) {
    const Expr *expr = visit->node->as.resource->provider_key.expr;
    const ProviderNode *provider = visit->node->as.resource->provider->as.provider;
    ModuleScope scope;
    Value key;
    init_key_scope(&scope, record);
    if (!eval_expr_as(expr, &scope.scope, &TYPE_STRING, &key, visit->scratch, &visit->diags))
        return false;
    key = value_without_marks(key);
    if (value_is_present(key)) {
        record->provider_key = str_clone(value_text(key), visit->keep);
        vec_each(&provider->repeated, one) {
            if (str_equal((*one)->address.key, record->provider_key))
                return true;
        }
    }
    Str text = resource_addr_to_str(record->address, visit->scratch);
    return diags_fail(
        &visit->diags, expr->range, "Invalid provider instance key",
        "%.*s refers to a configuration of provider \"%.*s.%.*s\" that its for_each does not have. "
        "The key must be known during planning, and be an element of that for_each.",
        STR_ARG(text), STR_ARG(provider->config->name), STR_ARG(provider->config->alias));
}

/* If the provider configuration has for_each, evaluates the key of each instance. */
static bool choose_providers(NodeVisit *visit, ResourceExpansion *expansion) {
    WalkPhase phase = visit->walk->phase;
    bool ok = true;
    bool calls = phase == PHASE_PLAN || phase == PHASE_APPLY ||
                 (phase == PHASE_EVALUATE && visit->walk->options->gitops);
    if (!visit->node->as.resource->provider_key.expr || !calls)
        return true;
    for (size_t i = 0; i < expansion->expansion.count; i++)
        ok = read_provider_key(visit, &expansion->records[i]) && ok;
    return ok;
}

/* If the keys cannot be evaluated, validation continues with one instance of unknown key. */
static bool resource_expand_any(NodeVisit *visit, const ModuleScope *scope, Expansion *out) {
    const Resource *config = visit->node->as.resource->config;
    Repetition repetition = {config->count, config->for_each, config->lifecycle.enabled};
    const Expr *expr = config->count      ? config->count
                       : config->for_each ? config->for_each
                                          : config->lifecycle.enabled;
    const PartErrors *errors = node_find_errors(visit->node, expr);
    if (errors)
        diags_append(&visit->diags, &errors->diags);
    if ((errors && diags_has_errors(&errors->diags)) ||
        !expand_evaluate(&repetition, scope, out, visit->walk_arena, &visit->diags))
        *out = (Expansion){.kind = config->count      ? REPEAT_COUNT
                                   : config->for_each ? REPEAT_EACH
                                                      : REPEAT_NONE,
                           .is_unknown = true,
                           .count = 1};
    return true;
}

/* Apply: returns true if the plan has left the instances of the block unknown. */
static bool has_unknown_instances(const NodeVisit *visit, const ModuleInstance *module) {
    const ResourceNode *resource = visit->node->as.resource;
    const Resource *config = resource->config;
    InstanceKey unknown = {.kind = KEY_UNKNOWN};
    ResourceAddr address = {module->address, config->mode, config->type, config->name, unknown};
    if (visit->walk->phase != PHASE_APPLY)
        return false;
    return config->mode == MODE_EPHEMERAL
               ? deferrals_has_block(visit->walk, resource_addr_to_str(address, visit->scratch))
               : deferrals_find(resource, address) != NULL;
}

static bool resource_expand(NodeVisit *visit, const ModuleScope *scope, Expansion *out) {
    const Resource *config = visit->node->as.resource->config;
    if (visit->walk->phase == PHASE_VALIDATE)
        return resource_expand_any(visit, scope, out);
    if (has_unknown_instances(visit, scope->module)) {
        *out = deferrals_expand(visit->walk, REPEAT_NONE);
        return true;
    }
    Repetition repetition = {config->count, config->for_each, config->lifecycle.enabled};
    return expand_evaluate(&repetition, scope, out, visit->walk_arena, &visit->diags);
}

/* Warns if -replace names a block with several instances without a key: it replaces none of them.
 * Module paths are not compared, because the path may be the mistake. */
static void warn_of_replace(NodeVisit *visit, const ModuleInstance *module,
                            const Expansion *found) {
    const Resource *config = visit->node->as.resource->config;
    if (found->kind == REPEAT_NONE || found->is_unknown || config->mode != MODE_MANAGED)
        return;
    ResourceAddr block = {module->address, config->mode, config->type, config->name, KEY_ABSENT};
    Str text = resource_addr_to_str(block, visit->scratch);
    vec_each(&visit->walk->options->replace, address) {
        if (address->key.kind != KEY_NONE || !str_equal(address->type, config->type) ||
            !str_equal(address->name, config->name))
            continue;
        diags_warning(&visit->diags, NO_RANGE,
                      "Incompletely-matched force-replace resource instance",
                      "-replace=%.*s matches no instance of %.*s, which has %zu instances. Add an "
                      "instance key, such as %.*s[0] or %.*s[\"key\"].",
                      STR_ARG(resource_addr_to_str(*address, visit->scratch)), STR_ARG(text),
                      found->count, STR_ARG(text), STR_ARG(text));
    }
}

/* The triggers of an action depend on its block. Dependents of a resource depend on its value,
 * whose visit notes the deferral. */
static void resource_note_deferral(NodeVisit *visit, const Expansion *expansion) {
    bool is_action = visit->node->as.resource->config->mode == MODE_ACTION;
    if (is_action && expansion->is_unknown && deferrals_reach_dependents(visit->walk))
        visit->node->is_deferred = true;
}

static bool expand_instance(NodeVisit *visit, ModuleInstance *module) {
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, module);
    ResourceExpansion *expansion = arena_new(visit->walk_arena, ResourceExpansion);
    if (!resource_expand(visit, &scope, &expansion->expansion))
        return false;
    walk_log_expansion(visit->node, module, &expansion->expansion);
    resource_note_deferral(visit, &expansion->expansion);
    fill_records(visit, module, expansion);
    if (visit->walk->phase == PHASE_PLAN)
        warn_of_replace(visit, module, &expansion->expansion);
    if (!choose_providers(visit, expansion))
        return false;
    if (visit->walk->phase == PHASE_PLAN || visit->walk->phase == PHASE_EVALUATE) {
        const StateResource *stored = stored_for(visit, module);
        if (stored)
            pair_with_state(&(Removal){visit, module, stored}, expansion);
    }
    Slot *slot = node_slot(visit->node, module);
    slot->payload = expansion;
    slot->is_set = true;
    return true;
}

static bool is_of_unknown_module(const NodeVisit *visit, const StateResource *stored) {
    return deferrals_reach_dependents(visit->walk) &&
           deferrals_may_have_module(visit->node->module, stored->address.module, visit->scratch);
}

/* Keeps the objects of a module instance that may still be there, except those that the block
 * cannot have: their keys are of another kind. */
static void keep_possible(const Removal *removal) {
    const Resource *config = removal->visit->node->as.resource->config;
    Expansion expansion = {.kind = config->count      ? REPEAT_COUNT
                                   : config->for_each ? REPEAT_EACH
                                                      : REPEAT_NONE,
                           .is_unknown = true};
    vec_each(&removal->resource->instances, stored) {
        if (deferrals_may_have(expansion.kind, stored->key))
            keep_instance(removal, stored);
        else
            remove_instance(removal, stored, removal_reason(&expansion, stored->key));
    }
}

bool node_resource_visit(NodeVisit *visit) {
    bool ok = true;
    const PartErrors *errors =
        visit->walk->phase == PHASE_VALIDATE
            ? node_find_errors(visit->node, &visit->node->as.resource->config->depends_on)
            : NULL;
    if (errors)
        diags_append(&visit->diags, &errors->diags);
    vec_each(&visit->node->module->instances, item) {
        ok = expand_instance(visit, *item) && ok;
    }
    if (visit->walk->phase == PHASE_PLAN && !node_import_assign(visit))
        return false;
    if (visit->walk->phase == PHASE_APPLY && node_is_blocked(visit->walk, visit->node))
        fail_changes(visit->node->as.resource);
    vec_each(&visit->node->module->instances, item) {
        ResourceExpansion *expansion = node_slot(visit->node, *item)->payload;
        if (expansion)
            submit_records(visit, expansion);
    }
    const ResourceNode *resource = visit->node->as.resource;
    if (visit->walk->phase != PHASE_PLAN || !visit->node->module->call)
        return ok;
    map_each(&resource->stored_by_module, entry) {
        if (map_has(&visit->node->module->instances_by_address, entry->key))
            continue;
        Removal removal = {visit, NULL, entry->value};
        if (is_of_unknown_module(visit, removal.resource))
            keep_possible(&removal);
        else
            remove_all(&removal, REASON_DELETE_BECAUSE_NO_MODULE);
    }
    return ok;
}

bool node_orphan_visit(NodeVisit *visit) {
    if (visit->walk->phase != PHASE_PLAN || !visit->node->is_target)
        return true;
    vec_each(&visit->node->as.resource->stored, stored) {
        remove_all(&(Removal){visit, NULL, *stored}, REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG);
    }
    return true;
}
