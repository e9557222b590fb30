/* Calls the visit function of each node, and decides which nodes a failure skips. */
#include "node_visit.h"
#include "deferrals.h"
#include "log.h"

static bool dispatch(NodeVisit *visit) {
    switch (visit->node->kind) {
    case NODE_VARIABLE: return node_variable_visit(visit);
    case NODE_LOCAL: return node_local_visit(visit);
    case NODE_OUTPUT: return node_output_visit(visit);
    case NODE_MODULE: return node_module_visit(visit);
    case NODE_MODULE_VALUE: return node_module_value_visit(visit);
    case NODE_PROVIDER: return node_provider_visit(visit);
    case NODE_RESOURCE: return node_resource_visit(visit);
    case NODE_RESOURCE_VALUE: return node_resource_value_visit(visit);
    case NODE_ORPHAN: return node_orphan_visit(visit);
    case NODE_IMPORT: return node_import_visit(visit);
    case NODE_CHECK: return node_check_visit(visit);
    case NODE_CHECK_START: return true;
    case NODE_EPHEMERAL_CLOSE: return node_ephemeral_close_visit(visit);
    case NODE_INVOKE: return node_invoke_visit(visit);
    case NODE_DESTROY: return node_destroy_visit(visit);
    case NODE_DESTROY_GATE:
        atomic_store(&visit->node->has_failed, node_is_blocked(visit->walk, visit->node));
        return true;
    }
    return false;
}

/* Marks a node as pending if a dependency will change; data sources then wait. Marks it as renewed
 * if a dependency is replaced: a provider whose server is replaced has nothing to read. Resources
 * do not pass this mark on. */
static void inherit_pending(EngineWalk *walk, Node *node) {
    const Graph *graph = &walk->graph;
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        const Node *need = graph->payloads.items[graph->need[i]];
        if (need->is_pending)
            node->is_pending = true;
        if (need->is_renewed && node->kind != NODE_RESOURCE)
            node->is_renewed = true;
    }
}

/* Returns true if the dependents of the node follow from its values or objects. Provider
 * configurations are left out, as in the dependencies that the state records. */
static bool passes_deferral_on(const Node *node) {
    switch (node->kind) {
    case NODE_PROVIDER:
    case NODE_CHECK_START:
    case NODE_EPHEMERAL_CLOSE:
    case NODE_DESTROY:
    case NODE_DESTROY_GATE: return false;
    case NODE_VARIABLE:
    case NODE_LOCAL:
    case NODE_OUTPUT:
    case NODE_MODULE:
    case NODE_MODULE_VALUE:
    case NODE_RESOURCE:
    case NODE_RESOURCE_VALUE:
    case NODE_ORPHAN:
    case NODE_IMPORT:
    case NODE_INVOKE:
    case NODE_CHECK: break;
    }
    return true;
}

static void inherit_deferral(EngineWalk *walk, Node *node) {
    const Graph *graph = &walk->graph;
    if (!deferrals_reach_dependents(walk))
        return;
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        const Node *need = graph->payloads.items[graph->need[i]];
        node->is_deferred = node->is_deferred || (need->is_deferred && passes_deferral_on(need));
    }
}

/* Validation: a resource reports errors of its parts later, and continues with the valid parts.
 * Other nodes report all errors and are not evaluated. */
static void visit_run_report_errors(NodeVisit *visit) {
    const Node *node = visit->node;
    if (node->kind == NODE_RESOURCE)
        diags_append(&visit->diags, &node->errors);
    else
        node_report_errors(node, &visit->diags);
}

/* Logs the values that references to this node see; as the plan, without parts marked as secret. */
static void log_values(const NodeVisit *visit) {
    const Node *node = visit->node;
    bool has_value = node->kind == NODE_VARIABLE || node->kind == NODE_LOCAL ||
                     node->kind == NODE_OUTPUT || node->kind == NODE_RESOURCE_VALUE ||
                     node->kind == NODE_MODULE_VALUE;
    if (!has_value || visit->walk->phase == PHASE_VALIDATE || !log_enabled(LOG_DEBUG))
        return;
    vec_each(&node->module->instances, module) {
        const Slot *slot = node_slot(node, *module);
        if (!slot->is_set || !slot->value.type)
            continue;
        log_debug("value", log_text("name", node->name),
                  log_text("module", module_addr_to_str((*module)->address, visit->scratch)),
                  log_text("value", value_summary(slot->value, visit->scratch)));
    }
}

static bool visit_node(Walk *pool, GraphNode, void *payload, uint32_t worker, void *context) {
    EngineWalk *walk = context;
    Node *node = payload;
    if (!node->is_selected)
        return true;
    if (walk->phase == PHASE_PLAN)
        inherit_pending(walk, node);
    if (walk->phase == PHASE_PLAN || walk->phase == PHASE_APPLY)
        inherit_deferral(walk, node);
    NodeVisit visit = {
        .walk = walk,
        .pool = pool,
        .node = node,
        .worker = worker,
        .keep = walk->workers[worker].keep,
        .walk_arena = walk->workers[worker].walk_arena,
        .scratch = walk->workers[worker].scratch,
    };
    visit.diags = diags_new(visit.scratch);
    if (walk->phase == PHASE_VALIDATE)
        visit_run_report_errors(&visit);
    bool ok =
        !diags_has_errors(&visit.diags) && dispatch(&visit) && !diags_has_errors(&visit.diags);
    if (node->is_optional) {
        visit.diags = diags_new(visit.scratch);
        ok = true;
    }
    log_debug("node visited", log_text("name", node->name),
              log_cstr("kind", node_kind_name(node->kind)), log_number("ok", ok),
              log_number("diagnostics", (int64_t)visit.diags.count),
              log_number("pending", node->is_pending), log_number("changing", node->is_changing),
              log_number("renewed", node->is_renewed));
    log_values(&visit);
    if (visit.diags.count > 0)
        diags_sink_append(walk->sink, &visit.diags);
    arena_reset(visit.scratch);
    return ok;
}

static bool is_sound(const Node *block, InstanceKey key) {
    vec_each(&block->module->instances, module) {
        const ResourceExpansion *resource = node_slot(block, *module)->payload;
        size_t index;
        if (!resource || !expansion_find(&resource->expansion, key, &index) ||
            resource->records[index].failure != FAILURE_NONE)
            return false;
    }
    return true;
}

/* Apply: returns true if `node` uses only single instances of the resource, by literal keys, and
 * none of them failed. */
static bool uses_are_sound(const Node *node, const Node *value) {
    const Node *block = node_find(value->module, value->as.resource->local_address);
    bool any = false;
    vec_each(&node->uses, use) {
        if (use->value != value)
            continue;
        if (use->key.kind == KEY_NONE || !is_sound(block, use->key))
            return false;
        any = true;
    }
    return any;
}

/* Returns true if `user` is visited although its dependency `failed` has failed. Apply: the value
 * of a resource is still built, and users of its successful instances continue. Destroy plan: a
 * deletion precedes those of its dependencies, so their failure does not matter. */
static bool visit_run_survives(GraphNode user, GraphNode failed, void *context) {
    const EngineWalk *walk = context;
    const Node *node = walk->nodes.items[user];
    const Node *need = walk->nodes.items[failed];
    if (walk->phase == PHASE_PLAN && walk->options->mode == PLAN_DESTROY)
        return need->kind == NODE_RESOURCE || need->kind == NODE_RESOURCE_VALUE;
    if (walk->phase != PHASE_APPLY)
        return false;
    if (need->kind == NODE_RESOURCE)
        return node == need->as.resource->value;
    return need->kind == NODE_RESOURCE_VALUE && uses_are_sound(node, need);
}

/* A change that cannot be recorded must not be made. */
static bool should_stop(const void *context) {
    const EngineWalk *walk = context;
    return walk->working && working_state_has_failed(walk->working);
}

static Str needs_text(const EngineWalk *walk, const Node *node, Arena *arena) {
    const Graph *graph = &walk->graph;
    StrBuf text = strbuf_new(arena);
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        const Node *need = walk->nodes.items[graph->need[i]];
        strbuf_add_format(&text, "%s%.*s(%s)", text.len > 0 ? " " : "", STR_ARG(need->name),
                          node_kind_name(need->kind));
    }
    return strbuf_str(&text);
}

static Str uses_text(const Node *node, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&node->uses, use) {
        strbuf_add_format(&text, "%s%.*s%.*s", text.len > 0 ? " " : "", STR_ARG(use->value->name),
                          STR_ARG(address_key_to_str(use->key, arena)));
    }
    return strbuf_str(&text);
}

static Str walk_log_wanted_text(const ResourceNode *resource, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    vec_each(&resource->wanted, key) {
        strbuf_add(&text, address_key_to_str(*key, arena));
    }
    return strbuf_str(&text);
}

static void log_resource(const Node *node, Arena *arena) {
    const ResourceNode *resource = node->as.resource;
    log_debug("graph resource", log_text("name", node->name),
              log_text("provider", resource->provider ? resource->provider->name : STR_EMPTY),
              log_text("dependencies", str_join(resource->dependencies, resource->dependency_count,
                                                STR(" "), arena)),
              log_number("create_before_destroy", resource->create_before_destroy),
              log_number("stored", (int64_t)resource->stored.count),
              log_number("imports", (int64_t)resource->imports.count),
              log_number("planned", (int64_t)resource->planned.count),
              log_text("wanted", walk_log_wanted_text(resource, arena)),
              log_number("wanted_whole", resource->is_wanted_whole),
              log_number("removed", resource->removed != NULL));
}

/* Logs each node of the finished graph: its dependencies, and what the transforms decided. */
static void visit_log_nodes(const EngineWalk *walk) {
    if (!log_enabled(LOG_DEBUG))
        return;
    SCOPED(ArenaRef) scratch = arena_open("graph log");
    vec_each(&walk->nodes, item) {
        const Node *node = *item;
        log_debug("graph node", log_text("name", node->name),
                  log_cstr("kind", node_kind_name(node->kind)),
                  log_text("needs", needs_text(walk, node, scratch)),
                  log_text("uses", uses_text(node, scratch)),
                  log_number("selected", node->is_selected), log_number("target", node->is_target),
                  log_number("selects_all", node->selects_all),
                  log_number("input", node->input != NULL));
        if (node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN)
            log_resource(node, scratch);
        arena_reset(scratch);
    }
}

bool node_visit_run(EngineWalk *walk) {
    node_module_instance(walk->root, NULL, KEY_ABSENT, value_null(&TYPE_DYNAMIC), REPEAT_NONE,
                         walk->arena);
    WalkRequest request = {
        .graph = &walk->graph,
        .workers = walk->worker_count,
        .cancel = walk->engine->cancel,
        .should_stop = should_stop,
        .visit = visit_node,
        .survives = visit_run_survives,
        .context = walk,
    };
    int64_t began = log_clock_ms();
    visit_log_nodes(walk);
    node_ephemeral_begin(walk);
    bool ok = walk_run(&request);
    log_debug("walk", log_number("nodes", (int64_t)walk->nodes.count), log_number("ok", ok),
              log_took(began));
    ok = node_ephemeral_end(walk) && ok;
    node_provider_close(walk);
    return ok;
}
