/* Plans: moves the objects of the state, builds the graph, walks it, and gathers the records of the
 * walk into a Plan and the refreshed state. */
#include "engine.h"

#include "deferrals.h"
#include "deletions.h"
#include "engine_walk.h"
#include "log.h"
#include "moves.h"
#include "node_visit.h"
#include "removal.h"
#include "transform.h"

typedef struct MoveCheck {
    Moves *moves;
    Arena *scratch;
    Diags *diags;
} MoveCheck;

static void note_missed(const EngineWalk *walk, ResourceAddr address, StrVec *missed) {
    bool targets = walk->options->targets.count > 0;
    if (!engine_selects(walk->options, address))
        vec_push(walk->arena, missed,
                 str_format(walk->arena, "  -%s=%.*s", targets ? "target" : "exclude",
                            STR_ARG(resource_addr_to_str(address, walk->arena))));
}

/* A moved object must be selected at both its previous and its new address. Otherwise it has no
 * place in the plan. An import-only plan is not kept, so it may miss moved objects. */
static bool engine_plan_check_targets(const EngineWalk *walk, Diags *diags) {
    if (!engine_is_partial(walk->options) || walk->options->import_only)
        return true;
    StrVec missed = {0};
    bool targets = walk->options->targets.count > 0;
    vec_each(&walk->moves->moved, address) {
        note_missed(walk, *moves_find_origin(walk->moves, *address, walk->arena), &missed);
        note_missed(walk, *address, &missed);
    }
    if (missed.count > 0)
        diags_error(diags, NO_RANGE, "Moved resource instances excluded by targeting",
                    "Objects have moved to or from addresses that -%s excludes, so this plan "
                    "cannot contain them. Plan without that option, or %s:\n"
                    "%.*s",
                    targets ? "target" : "exclude",
                    targets ? "add" : "remove the exclusions of these addresses",
                    STR_ARG(str_join(missed.items, missed.count, STR("\n"), walk->arena)));
    return missed.count == 0;
}

/* Only instances that are declared can contradict a moved block. */
static void check_move(InstanceRecord *record, void *payload) {
    MoveCheck *check = payload;
    if (record->removal != REASON_NONE || record->deposed.len > 0 || record->keys_unknown ||
        record->may_stay)
        return;
    moves_check_declared(check->moves, record->address, check->scratch, check->diags);
    arena_reset(check->scratch);
}

/* Returns false if moved blocks are invalid. Objects then have wrong addresses, so the plan is
 * discarded. */
static bool check_moves(EngineWalk *walk, Moves *moves, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("moves");
    MoveCheck check = {moves, scratch, diags};
    size_t before = diags->error_count;
    if (moves->list.statements.count == 0)
        return true;
    if (walk->options->mode != PLAN_DESTROY) {
        engine_walk_each_record(walk, check_move, &check);
        moves_check_blocks(moves, walk->engine->config, scratch, diags);
    }
    diags_append(diags, &moves->invalid);
    if (diags->error_count == before)
        diags_append(diags, &moves->cycle);
    if (diags->error_count != before)
        return false;
    diags_append(diags, &moves->blocked);
    return true;
}

bool engine_is_of_check(const Diag *diag) {
    Str checked = diag->checked;
    size_t at = str_find(checked, STR("check."), 0);
    return at == 0 || (at != SIZE_MAX && str_starts_with(checked, STR("module.")) &&
                       checked.ptr[at - 1] == '.');
}

typedef struct PlanGathering {
    Plan *plan;
    State *refreshed;
    const State *stored; /* the state before */
    const Moves *moves;
    Listings listings;
    Map held; /* destroy: configuration addresses of the dependencies of failed objects */
    Arena *arena;
    Diags *diags;
} PlanGathering;

/* Returns the previous address of a moved object, if the plan shows it. */
static const ResourceAddr *engine_plan_find_origin(const PlanGathering *gathering,
                                                   const InstanceRecord *record) {
    if (gathering->plan->mode == PLAN_REFRESH_ONLY)
        return NULL;
    return moves_find_origin(gathering->moves, record->address, gathering->arena);
}

static bool has_no_block(ActionReason reason) {
    return reason == REASON_DELETE_BECAUSE_NO_RESOURCE_CONFIG ||
           reason == REASON_DELETE_BECAUSE_NO_MODULE;
}

static void count_change(InstanceRecord *record, void *payload) {
    size_t *count = payload;
    if (record->planned)
        (*count)++;
}

static void hold_dependencies(PlanGathering *gathering, const StateObject *object) {
    for (size_t i = 0; object && i < object->dependency_count; i++)
        map_set(&gathering->held, object->dependencies[i], gathering);
}

/* An object that cannot be deleted keeps its dependencies. */
static void engine_plan_hold(InstanceRecord *record, void *payload) {
    if (record->failure == FAILURE_NONE || !record->stored)
        return;
    hold_dependencies(payload, record->stored->current);
    vec_each(&record->stored->deposed, deposed) {
        hold_dependencies(payload, deposed->object);
    }
}

static bool is_held(const PlanGathering *gathering, ResourceAddr address) {
    return gathering->held.count > 0 &&
           map_has(&gathering->held, resource_addr_to_config_str(address, gathering->arena));
}

/* Reports a violated prevent_destroy, except for objects that a dependent keeps anyway. */
static void engine_plan_report_prevented(InstanceRecord *record, void *payload) {
    const PlanGathering *gathering = payload;
    if (record->failure != FAILURE_PROTECTED || is_held(gathering, record->address))
        return;
    Str address = resource_addr_to_str(record->address, gathering->arena);
    size_t from = gathering->diags->count;
    removal_report_prevented(record->node->as.resource->config, address, gathering->diags);
    diags_set_address(gathering->diags, from, address);
}

static void gather_change(InstanceRecord *record, void *payload) {
    PlanGathering *gathering = payload;
    const ResourceAddr *origin = engine_plan_find_origin(gathering, record);
    if (record->drift)
        vec_push(gathering->arena, &gathering->plan->drift, *record->drift);
    if (!record->planned || is_held(gathering, record->address))
        return;
    if (origin) {
        record->planned->previous = *origin;
        if (has_no_block(record->planned->reason))
            record->planned->reason = REASON_DELETE_BECAUSE_NO_MOVE_TARGET;
    }
    if (record->deferral) {
        DeferredChange deferred = {record->deferral, *record->planned};
        vec_push(gathering->arena, &gathering->plan->deferred, deferred);
    } else {
        vec_push(gathering->arena, &gathering->plan->changes, *record->planned);
    }
}

/* The instances of a module share the list. */
static void gather_invocations(EngineWalk *walk, PlanGathering *gathering) {
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind != NODE_INVOKE || node->module->instances.count == 0)
            continue;
        const ActionInvocations *all = node_slot(node, node->module->instances.items[0])->payload;
        for (size_t i = 0; all && i < all->count; i++)
            vec_push(gathering->arena, &gathering->plan->invocations, all->items[i]);
    }
}

static void gather_listing(InstanceRecord *record, void *payload) {
    PlanGathering *gathering = payload;
    if (record->listing)
        vec_push(gathering->arena, &gathering->listings, record->listing);
}

static int compare_listings(const void *a, const void *b) {
    const Listing *const *one = a, *const *other = b;
    return resource_addr_compare((*one)->address, (*other)->address);
}

static void gather_listings(EngineWalk *walk, PlanGathering *gathering) {
    Listings *all = &gathering->listings;
    engine_walk_each_record(walk, gather_listing, gathering);
    if (all->count > 1)
        qsort(all->items, all->count, sizeof(const Listing *), compare_listings);
}

static void gather_changes(EngineWalk *walk, PlanGathering *gathering) {
    size_t count = 0;
    if (walk->options->mode == PLAN_DESTROY) {
        engine_walk_each_record(walk, engine_plan_hold, gathering);
        engine_walk_each_record(walk, engine_plan_report_prevented, gathering);
    }
    engine_walk_each_record(walk, count_change, &count);
    vec_reserve(gathering->arena, &gathering->plan->changes, count);
    engine_walk_each_record(walk, gather_change, gathering);
}

static StateInstance *engine_plan_instance_of(PlanGathering *gathering,
                                              const InstanceRecord *record) {
    StateInstance *instance = state_add_instance(gathering->refreshed, record->address);
    StateResource *resource = state_find_resource(gathering->refreshed, record->address);
    const ProviderNode *provider = record->node->as.resource->provider->as.provider;
    const StateResource *stored = state_find_resource(gathering->stored, record->address);
    resource->provider_config =
        stored ? provider_config_addr_keep_host(provider->address, stored->provider_config)
               : provider->address;
    instance->provider_key = record->provider_key;
    return instance;
}

static Str engine_plan_address_text(ResourceAddr address, Arena *arena) {
    return address.type.len > 0 ? resource_addr_to_str(address, arena) : STR_EMPTY;
}

/* The refreshed state has what a completed read returned, even if a condition or the plan of the
 * instance failed afterwards. */
static void gather_state(InstanceRecord *record, void *payload) {
    PlanGathering *gathering = payload;
    bool has_object = record->stored || record->refreshed;
    if (record->refresh == REFRESH_UNCHANGED || !has_object)
        return;
    if (record->address.mode == MODE_MANAGED && gathering->plan->mode == PLAN_REFRESH_ONLY)
        gathering->plan->has_news = true;
    StateInstance *instance = engine_plan_instance_of(gathering, record);
    log_debug("state refreshed",
              log_text("address", engine_plan_address_text(record->address, gathering->arena)),
              log_text("deposed", record->deposed), log_number("found", record->refreshed != NULL));
    if (record->deposed.len == 0) {
        instance->current = record->refreshed;
        if (record->refresh == REFRESH_RECOVERED)
            instance->pending = NULL;
        return;
    }
    state_remove_deposed(instance, record->deposed);
    if (record->refreshed) {
        StateDeposed deposed = {record->deposed, record->refreshed};
        vec_push(gathering->arena, &instance->deposed, deposed);
    }
}

/* Destroy plan without changes: removes data sources from the state now, because no apply
 * follows. */
static void gather_leftover(InstanceRecord *record, void *payload) {
    PlanGathering *gathering = payload;
    if (record->address.mode == MODE_DATA)
        state_empty_instance(gathering->refreshed, record->address);
}

/* An output that becomes null is updated, not deleted: it is still declared. */
static Action engine_plan_output_action(const OutputChange *change, const StateOutput *stored,
                                        bool is_sensitive) {
    if (!stored)
        return value_is_known(change->after) && value_is_null(change->after) ? ACTION_NO_OP
                                                                             : ACTION_CREATE;
    bool is_same = value_equal(change->before, change->after) && stored->sensitive == is_sensitive;
    return is_same ? ACTION_NO_OP : ACTION_UPDATE;
}

/* The refreshed state includes outputs whose values are known. */
static void refresh_output(PlanGathering *gathering, const Output *output, Value value) {
    if (!value_is_wholly_known(value))
        return;
    if (value_is_null(value)) {
        state_remove_output(gathering->refreshed, output->name);
        return;
    }
    StateOutput *refreshed = arena_new(gathering->arena, StateOutput);
    refreshed->value = value_unmark_deep(value, gathering->arena);
    refreshed->sensitive = output->sensitive;
    map_set(&gathering->refreshed->outputs, output->name, refreshed);
}

static void gather_output(EngineWalk *walk, const Node *node, PlanGathering *gathering) {
    const Output *output = node->as.output;
    ModuleInstance *root = walk->root->instances.items[0];
    const Slot *slot = node_slot(node, root);
    const StateOutput *stored = walk->state ? map_find(&walk->state->outputs, output->name) : NULL;
    bool destroying = walk->options->mode == PLAN_DESTROY;
    if (destroying ? !stored : !slot->is_set)
        return;
    Value none = value_null(&TYPE_DYNAMIC);
    OutputChange change = {
        .name = output->name,
        .before = stored ? stored->value : none,
        .after = destroying ? none : slot->value,
        .sensitive = output->sensitive || (stored && stored->sensitive),
    };
    if (stored && stored->sensitive)
        change.before = value_with_marks(change.before, MARK_SENSITIVE);
    change.action =
        destroying ? ACTION_DELETE : engine_plan_output_action(&change, stored, output->sensitive);
    change.is_deferred = !destroying && node->is_deferred;
    vec_push(gathering->arena, &gathering->plan->outputs, change);
    if (!destroying && !change.is_deferred)
        refresh_output(gathering, output, slot->value);
}

/* Adds deletions of outputs that are only in the state. */
static void gather_removed_outputs(EngineWalk *walk, PlanGathering *gathering) {
    if (!walk->state || engine_is_partial(walk->options))
        return;
    map_each(&walk->state->outputs, entry) {
        if (map_has(&walk->engine->config->root->outputs, entry->key))
            continue;
        const StateOutput *stored = entry->value;
        OutputChange change = {
            .name = entry->key,
            .action = ACTION_DELETE,
            .before = stored->value,
            .after = value_null(&TYPE_DYNAMIC),
            .sensitive = stored->sensitive,
        };
        vec_push(gathering->arena, &gathering->plan->outputs, change);
    }
}

/* Lists the outputs of module instances, except null ones. */
static void gather_module_outputs(EngineWalk *walk, PlanGathering *gathering) {
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        if (node->kind != NODE_OUTPUT || !node->module->parent || !node->is_selected)
            continue;
        vec_each(&node->module->instances, module) {
            const Slot *slot = node_slot(node, *module);
            if (!slot->is_set || deferrals_is_placeholder(*module) ||
                (value_is_known(slot->value) && value_is_null(slot->value)))
                continue;
            PlanModuleOutput named = {(*module)->address, node->as.output->name};
            vec_push(gathering->arena, &gathering->plan->module_outputs, named);
        }
    }
}

static void gather_outputs(EngineWalk *walk, PlanGathering *gathering) {
    bool destroys_a_part = walk->options->mode == PLAN_DESTROY && engine_is_partial(walk->options);
    if (destroys_a_part)
        return; /* only a full destroy removes outputs */
    vec_reserve(gathering->arena, &gathering->plan->outputs,
                walk->engine->config->root->outputs.count);
    vec_each(&walk->nodes, item) {
        if ((*item)->kind == NODE_OUTPUT && !(*item)->module->parent && (*item)->is_selected)
            gather_output(walk, *item, gathering);
    }
    gather_removed_outputs(walk, gathering);
}

/* Saves all variables, including defaults, so that applying a saved plan needs no input. Values
 * given for ephemeral variables are not saved: they must be given again. */
static void engine_plan_gather_variables(EngineWalk *walk, PlanGathering *gathering) {
    map_each(&walk->engine->config->root->variables, entry) {
        const Variable *variable = entry->value;
        const Value *given =
            walk->options->variables ? map_find(walk->options->variables, entry->key) : NULL;
        if (!given && !variable->has_default)
            continue;
        if (given && !value_is_wholly_known(*given)) {
            vec_push(gathering->arena, &gathering->plan->unknown_variables, entry->key);
            continue;
        }
        bool is_secret = given && variable->ephemeral;
        if (is_secret)
            vec_push(gathering->arena, &gathering->plan->ephemeral_variables, entry->key);
        if (is_secret && !variable->has_default)
            continue;
        PlanVariable saved = {entry->key, given && !is_secret ? *given : variable->default_value};
        if (variable->sensitive)
            saved.value = value_with_marks(saved.value, MARK_SENSITIVE);
        vec_push(gathering->arena, &gathering->plan->variables, saved);
    }
}

static Plan *begin_plan(const EngineWalk *walk, Arena *arena) {
    Plan *plan = plan_new(walk->options->mode, arena);
    plan->lineage = walk->lineage;
    plan->serial = walk->serial;
    plan->created_ms = walk->engine->now_ms;
    plan->workspace = walk->engine->workspace;
    plan->complete = !engine_is_partial(walk->options);
    plan->is_full_refresh = walk->options->is_full_refresh;
    vec_each(&walk->options->target_texts, text) {
        vec_push(arena, &plan->targets, *text);
    }
    vec_each(&walk->options->exclude_texts, text) {
        vec_push(arena, &plan->excludes, *text);
    }
    return plan;
}

static void log_change(const ResourceChange *change, Arena *arena) {
    log_debug("change planned",
              log_text("address", engine_plan_address_text(change->address, arena)),
              log_text("deposed", change->deposed), log_cstr("action", action_name(change->action)),
              log_cstr("reason", action_reason_name(change->reason)),
              log_text("previous", engine_plan_address_text(change->previous, arena)),
              log_text("import", import_source_is_known(&change->import)
                                     ? import_source_text(&change->import, arena)
                                     : STR_EMPTY),
              log_number("replace_paths", (int64_t)change->replace_paths.count),
              log_number("parts", (int64_t)change->parts.count),
              log_number("notes", (int64_t)change->notes.count),
              log_number("create_before_destroy", change->create_before_destroy),
              log_text("dependencies",
                       str_join(change->dependencies, change->dependency_count, STR(" "), arena)));
}

static void log_plan(const Plan *plan, Arena *arena) {
    if (!log_enabled(LOG_DEBUG))
        return;
    vec_each(&plan->drift, drift) {
        log_debug("drift planned",
                  log_text("address", engine_plan_address_text(drift->address, arena)),
                  log_cstr("action", action_name(drift->action)),
                  log_text("previous", engine_plan_address_text(drift->previous, arena)));
    }
    vec_each(&plan->outputs, output) {
        log_debug("output planned", log_text("name", output->name),
                  log_cstr("action", action_name(output->action)),
                  log_number("sensitive", output->sensitive));
    }
    vec_each(&plan->changes, change) {
        log_change(change, arena);
    }
    log_debug("plan made", log_number("changes", (int64_t)plan->changes.count),
              log_number("deferred", (int64_t)plan->deferred.count),
              log_number("drift", (int64_t)plan->drift.count),
              log_number("outputs", (int64_t)plan->outputs.count),
              log_number("variables", (int64_t)plan->variables.count),
              log_number("module_outputs", (int64_t)plan->module_outputs.count),
              log_number("complete", plan->complete),
              log_text("ephemeral_variables",
                       str_join(plan->ephemeral_variables.items, plan->ephemeral_variables.count,
                                STR(" "), arena)));
}

/* Sets `*out` to the results of a closed walk, allocated in `arena`, also if instances failed. In a
 * destroy plan, adds an error to `diags` for each deletion that prevent_destroy rejects. */
static void engine_plan_gather(EngineWalk *walk, PlanResult *out, Arena *arena, Diags *diags) {
    PlanGathering gathering = {
        .plan = begin_plan(walk, arena),
        .refreshed = state_fork(walk->state, arena),
        .stored = walk->state,
        .moves = walk->moves,
        .held = map_new(arena),
        .arena = arena,
        .diags = diags,
    };
    bool destroys = walk->options->mode == PLAN_DESTROY;
    /* What the walk planned and read, instance by instance. */
    gather_changes(walk, &gathering);
    gather_invocations(walk, &gathering);
    gather_listings(walk, &gathering);
    engine_walk_each_record(walk, gather_state, &gathering);
    if (destroys && gathering.plan->changes.count + gathering.plan->deferred.count == 0)
        engine_walk_each_record(walk, gather_leftover, &gathering);
    engine_deferrals_gather(walk, gathering.plan, arena);
    /* Values of the modules, and what an apply of the saved plan needs. */
    gather_outputs(walk, &gathering);
    state_compact(gathering.refreshed);
    if (!destroys)
        gather_module_outputs(walk, &gathering);
    engine_plan_gather_variables(walk, &gathering);
    gathering.plan->checks = checks_json_write(walk, arena);
    plan_sort(gathering.plan);
    log_plan(gathering.plan, arena);
    *out = (PlanResult){gathering.plan, gathering.refreshed, gathering.listings};
}

static void warn_of_each_forgotten(const Plan *plan, Arena *arena, Diags *diags) {
    vec_each(&plan->changes, change) {
        if (change->action == ACTION_FORGET)
            diags_warning(diags, NO_RANGE, "Resource will be removed from the state",
                          "%.*s is removed from the state, but not destroyed. To manage it again, "
                          "import it.",
                          STR_ARG(resource_addr_to_str(change->address, arena)));
    }
}

/* Warns about objects that leave the state without being deleted. */
static void warn_of_forgotten(const Engine *engine, const Plan *plan, Arena *arena, Diags *diags) {
    StrVec names = {0};
    if (engine->warns_of_each_forgotten) {
        warn_of_each_forgotten(plan, arena, diags);
        return;
    }
    vec_each(&plan->changes, change) {
        if (change->action == ACTION_FORGET || change->action == ACTION_FORGET_THEN_CREATE)
            vec_push(arena, &names,
                     str_format(arena, "  - %.*s",
                                STR_ARG(resource_addr_to_str(change->address, arena))));
    }
    if (names.count > 0)
        diags_warning(diags, NO_RANGE, "Some objects will no longer be managed by loam",
                      "These objects are removed from the state, but not destroyed:\n"
                      "%.*s\n"
                      "To manage one of them again, import it.",
                      STR_ARG(str_join(names.items, names.count, STR("\n"), arena)));
}

/* An apply without a prompt repeats the checks, so their warnings of the plan are dropped. If the
 * plan fails, no apply follows, and they are reported. */
static void report_walk(const PlanOptions *options, const Diags *found, Diags *diags) {
    for (size_t i = 0; i < found->count; i++) {
        const Diag *diag = &found->items[i];
        bool is_repeated = options->skips_check_warnings && found->error_count == 0 &&
                           diag->severity == DIAG_WARNING && engine_is_of_check(diag);
        if (!is_repeated)
            diags_add(diags, diag);
    }
}

/* Moves the objects of the state to the addresses of the configuration, and builds the graph.
 * Returns false if the configuration cannot be planned. */
static bool engine_plan_build(EngineWalk *walk, Moves *moves, Arena *arena, Diags *diags) {
    const Config *config = walk->engine->config;
    if (walk->options->mode == PLAN_NORMAL && !removal_check(config, arena, diags))
        return false;
    if (!walk->options->import) /* the import command changes no other object of the state */
        moves_apply(config, walk->state, &walk->state, moves, arena);
    if (!engine_plan_check_targets(walk, diags) || !unsupported_check(config, diags) ||
        !plan_graph_build(walk, diags))
        return false;
    deletions_index(walk);
    return true;
}

/* Ends the walk of a built graph, and reports the diagnostics of its nodes. */
static void end_walk(EngineWalk *walk, Arena *arena, Diags *diags) {
    Diags found = diags_new(arena);
    engine_walk_close(walk, &found);
    report_walk(walk->options, &found, diags);
    engine_console_leave(walk);
}

static void engine_plan_report_interruption(const PlanOptions *options, Diags *diags) {
    diags_error(diags, NO_RANGE,
                options->query ? "Query was interrupted" : "Planning was interrupted",
                "Nothing was changed.");
}

static bool engine_plan_make(const Engine *engine, const PlanOptions *options, const State *prior,
                             PlanResult *out, Arena *arena, Diags *diags) {
    size_t before = diags->error_count;
    Moves moves = {0};
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_PLAN, arena);
    walk->state = prior;
    walk->moves = &moves;
    walk->lineage = prior->lineage;
    walk->serial = prior->serial;

    /* 1. Move objects and build the graph. Without a graph there is no plan. */
    if (!engine_plan_build(walk, &moves, arena, diags)) {
        end_walk(walk, arena, diags);
        if (diags->error_count == before)
            engine_plan_report_interruption(options, diags);
        *out = (PlanResult){.refreshed = state_fork(walk->state, arena)};
        engine_walk_free(walk);
        return false;
    }

    /* 2. Visit every node. Each instance is refreshed and planned; its record holds the result. */
    bool is_complete = node_visit_run(walk);
    end_walk(walk, arena, diags);

    /* 3. Check the moved blocks against the instances that the walk has found. */
    bool are_moves_valid = check_moves(walk, &moves, diags);

    engine_unique_check(walk, arena, diags);

    /* 4. Gather the records. An incomplete plan is kept too: it shows how far planning got. */
    engine_plan_gather(walk, out, arena, diags);
    if (!is_complete && diags->error_count == before)
        engine_plan_report_interruption(options, diags);
    out->plan->errored = diags->error_count != before;
    warn_of_forgotten(engine, out->plan, arena, diags);
    if (!are_moves_valid)
        out->plan = NULL;
    engine_walk_free(walk);
    return diags->error_count == before;
}

/* First pass of a destroy: a normal plan that refreshes the objects and validates the configuration
 * before anything is deleted. Its diagnostics are reported only if it fails. */
static bool preflight(const Engine *engine, const PlanOptions *options, const State *prior,
                      PlanResult *out, Arena *arena, Diags *diags) {
    PlanOptions keeping = *options;
    keeping.mode = PLAN_NORMAL;
    keeping.is_preflight = true;
    keeping.console = NULL;
    Diags found = diags_new(arena);
    bool ok = engine_plan_make(engine, &keeping, prior, out, arena, &found);
    if (!ok)
        diags_append(diags, &found);
    return ok;
}

bool engine_plan(const Engine *engine, const PlanOptions *options, const State *prior,
                 PlanResult *out, Arena *arena, Diags *diags) {
    bool has_nothing = state_is_empty(prior);
    if (options->mode != PLAN_DESTROY || options->skip_refresh || has_nothing)
        return engine_plan_make(engine, options, prior, out, arena, diags);
    PlanResult found = {0};
    PlanOptions going = *options;
    going.skip_refresh = true;
    if (!preflight(engine, options, prior, &found, arena, diags)) {
        *out = (PlanResult){.refreshed = found.refreshed};
        return false;
    }
    return engine_plan_make(engine, &going, found.refreshed, out, arena, diags);
}
