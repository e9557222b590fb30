/* Applies a plan: walks the planned changes, then saves outputs and the last checkpoint. */
#include "engine.h"

#include "deletions.h"
#include "engine_walk.h"
#include "log.h"
#include "node_visit.h"
#include "transform.h"

/* Unknown values are saved as null of their type. */
static void save_output(const EngineWalk *walk, Str name, Value value, bool is_sensitive) {
    bool is_known = value_is_known(value);
    log_debug("output saved", log_text("name", name), log_number("known", is_known),
              log_number("sensitive", is_sensitive));
    value = value_unmark_deep(value, walk->arena);
    StateOutput output = {
        .value = value_unknown_as_null(value, walk->arena),
        .sensitive = is_sensitive,
    };
    if (is_known && value_is_null(output.value))
        working_state_remove_output(walk->working, name);
    else
        working_state_set_output(walk->working, name, output);
}

/* A refresh-only apply evaluates no outputs; it saves the values of the plan. */
static void save_outputs(EngineWalk *walk) {
    bool only_refreshes = walk->plan->mode == PLAN_REFRESH_ONLY;
    ModuleInstance *root = walk->root->instances.items[0];
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (only_refreshes || node->kind != NODE_OUTPUT || node->module->parent ||
            !node->is_selected || node->is_deferred)
            continue;
        const Slot *slot = node_slot(node, root);
        if (slot->is_set)
            save_output(walk, node->as.output->name, slot->value, node->as.output->sensitive);
    }
    vec_each(&walk->plan->outputs, change) {
        if (change->action == ACTION_DELETE)
            working_state_remove_output(walk->working, change->name);
        else if (only_refreshes && change->action != ACTION_NO_OP && !change->is_deferred)
            save_output(walk, change->name, change->after, change->sensitive);
    }
}

static void declare_block(EngineWalk *walk, const Node *node) {
    const Resource *config = node->as.resource->config;
    const ProviderNode *provider = node->as.resource->provider->as.provider;
    vec_each(&node->module->instances, module) {
        if (!node_slot(node, *module)->is_set)
            continue;
        StateResource like = {
            .address = {(*module)->address, config->mode, config->type, config->name, KEY_ABSENT},
            .provider_config = provider->address,
        };
        log_debug("block kept",
                  log_text("address", resource_addr_to_str(like.address, walk->arena)));
        working_state_keep_empty(walk->working, &like);
    }
}

/* After a failed apply, the state lists every block that the apply reached, with or without
 * objects. A block whose creation failed is listed only if it has other objects. */
static void declare_blocks(EngineWalk *walk) {
    if (walk->plan->mode == PLAN_DESTROY)
        return;
    vec_each(&walk->nodes, item) {
        bool is_block = (*item)->kind == NODE_RESOURCE && (*item)->is_selected &&
                        (*item)->as.resource->config->mode != MODE_ACTION;
        if (is_block && !atomic_load(&(*item)->as.resource->creation_failed))
            declare_block(walk, *item);
    }
}

/* Saves the new addresses of moved and imported objects before the first change; in a destroy or
 * refresh-only apply, always. A crash must not leave an object under two addresses, or a changed
 * object under none. */
static bool save_addresses(const EngineWalk *walk, Diags *diags) {
    if (walk->plan->mode != PLAN_NORMAL)
        return working_state_checkpoint(walk->working, diags);
    vec_each(&walk->plan->changes, change) {
        if (change->previous.type.len > 0 || import_source_is_known(&change->import))
            return working_state_checkpoint(walk->working, diags);
    }
    return true;
}

#define RESERVED_FROM 8 /* minimum count of instances to reserve space for */

/* Reserves space in the state for all instances to create, to avoid repeated growth. */
static void reserve_instances(const EngineWalk *walk) {
    const Plan *plan = walk->plan;
    size_t count = 0;
    for (size_t i = 0; i < plan->changes.count; i++) {
        ResourceAddr block = plan->changes.items[i].address;
        ResourceAddr next =
            i + 1 < plan->changes.count ? plan->changes.items[i + 1].address : (ResourceAddr){0};
        block.key = next.key = KEY_ABSENT;
        if (plan->changes.items[i].action == ACTION_CREATE)
            count++;
        if (resource_addr_equal(block, next))
            continue;
        if (count >= RESERVED_FROM)
            working_state_reserve(walk->working, block, count);
        count = 0;
    }
}

/* Saves the state. A failed write is retried once, because its cause may be temporary. If the retry
 * succeeds, the errors of the first attempt are dropped. */
static bool engine_apply_save(WorkingState *working, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("saving");
    Diags first = diags_new(scratch);
    bool ok = working_state_checkpoint(working, &first);
    if (!ok && !working_state_is_saved(working)) {
        /* The journal holds all changes, and its failure is already reported: one error is
         * enough. */
        bool is_reported =
            working_state_has_failed(working) && working_state_is_in_journal(working);
        return working_state_checkpoint(working, is_reported ? &first : diags);
    }
    diags_append(diags, &first);
    return ok;
}

/* Returns false with an error for a refresh-only plan that changes only outputs, all of them
 * removed or with unknown values. Such a plan saves nothing. */
static bool check_applyable(const Plan *plan, Diags *diags) {
    if (plan->mode != PLAN_REFRESH_ONLY || plan_is_applyable(plan))
        return true;
    vec_each(&plan->outputs, output) {
        if (output->action == ACTION_NO_OP)
            continue;
        return diags_fail(
            diags, NO_RANGE, "Plan cannot be applied",
            "This refresh-only plan found no changes to record, but the configuration "
            "changes output \"%.*s\". Make and apply a plan without -refresh-only.",
            STR_ARG(output->name));
    }
    return true;
}

/* Walks the planned changes, then saves outputs and check results, also after failures. Returns
 * false if the walk did not begin, was interrupted, or failed. */
static bool make_changes(EngineWalk *walk, Diags *diags) {
    PlanCounts counts = plan_count(walk->plan);
    WalkEvent event = {.kind = EVENT_APPLY_TOTAL,
                       .total =
                           (size_t)counts.create + counts.update + counts.delete + counts.read};
    hooks_send(walk->engine->hooks, &event);
    if (!save_addresses(walk, diags))
        return false;
    reserve_instances(walk);
    deletions_index(walk);
    bool is_complete = node_visit_run(walk);
    save_outputs(walk);
    working_state_set_checks(walk->working, checks_json_write(walk, walk->arena));
    return is_complete;
}

/* A refresh-only run applies nothing, so the record of the last apply stays. An apply that had
 * nothing to do may be repeated. */
static void record_run(WorkingState *working, const Plan *plan, bool is_ok, bool is_clean,
                       Arena *arena) {
    if (plan_is_applyable(plan) || plan->is_continued)
        working_state_end_plan(working, is_ok ? plan->digest : STR_EMPTY);
    else if (is_ok)
        working_state_end_idle_plan(working, plan->digest);
    bool is_apply = is_clean && plan->mode == PLAN_NORMAL;
    if (plan->mode != PLAN_REFRESH_ONLY)
        working_state_set_applied(working, is_apply ? plan->commit : STR_EMPTY,
                                  is_apply ? plan_variables_digest(plan, arena) : STR_EMPTY);
}

bool engine_apply(const Engine *engine, const PlanOptions *options, const Plan *plan,
                  WorkingState *working, Arena *arena, Diags *diags) {
    size_t before = diags->error_count;
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_APPLY, arena);
    walk->plan = plan;
    walk->working = working;
    walk->lineage = working_state_lineage(working);
    working_state_begin_plan(working, plan->digest, plan->serial, plan->is_continued);

    /* 1. Build the graph of the plan, and walk it. */
    bool is_built = check_applyable(walk->plan, diags) &&
                    unsupported_check(walk->engine->config, diags) &&
                    apply_graph_build(walk, diags);
    bool is_complete = is_built && make_changes(walk, diags);
    engine_walk_close(walk, diags);
    engine_console_leave(walk);

    /* 2. Account for what did not happen. */
    if (!is_complete && diags->error_count == before)
        diags_error(diags, NO_RANGE, "Apply was interrupted",
                    "The running operations completed, and their results are saved. No other "
                    "operation was started. To continue, run the same command again.");
    if (is_built && diags->error_count != before)
        declare_blocks(walk);
    engine_walk_free(walk);

    /* 3. Write the state, also after failures. */
    bool is_ok = diags->error_count == before;
    record_run(working, plan, is_ok, is_ok && !engine_is_partial(options), arena);
    bool is_saved = engine_apply_save(working, diags);
    return is_saved && diags->error_count == before;
}
