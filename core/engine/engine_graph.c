/* Builds the graphs that `loam graph` prints. */
#include "engine.h"

#include "engine_walk.h"
#include "graph_dot.h"
#include "transform.h"

typedef struct Picture {
    const EngineWalk *walk;
    const GraphRequest *request;
    Graph graph;
    GraphNode *shown; /* by node: 1 + its node in the picture; 0: hidden */
    uint32_t *seen;   /* by node: 1 + the last node that reached it */
    Arena *arena;
    Arena *scratch;
} Picture;

static bool is_resource(const Node *node) {
    return node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN;
}

static bool engine_graph_is_action(const Node *node) {
    const Resource *config = node->as.resource->config;
    return config && config->mode == MODE_ACTION;
}

/* A destroy graph shows deletions and providers only; reads and values would hide them. */
static bool shows_destroyed(const Node *node) {
    bool is_deletion = node->kind == NODE_DESTROY && is_resource(node->as.mirrored) &&
                       node_deletes(node->as.mirrored->as.resource);
    return is_deletion || node->kind == NODE_PROVIDER;
}

static bool is_shown(const Picture *picture, const Node *node) {
    switch (picture->request->type) {
    case GRAPH_RESOURCES: return is_resource(node) && !engine_graph_is_action(node);
    case GRAPH_PLAN_DESTROY:
        if (!picture->request->is_verbose)
            return shows_destroyed(node);
        break;
    case GRAPH_PLAN:
    case GRAPH_APPLY: break;
    }
    if (picture->request->is_verbose)
        return true;
    switch (node->kind) {
    case NODE_MODULE_VALUE:
    case NODE_RESOURCE_VALUE:
    case NODE_CHECK_START:
    case NODE_EPHEMERAL_CLOSE:
    case NODE_INVOKE:
    case NODE_DESTROY_GATE: return false;
    case NODE_DESTROY: return shows_destroyed(node);
    case NODE_VARIABLE:
    case NODE_LOCAL:
    case NODE_OUTPUT:
    case NODE_MODULE:
    case NODE_PROVIDER:
    case NODE_RESOURCE:
    case NODE_ORPHAN:
    case NODE_IMPORT:
    case NODE_CHECK: break;
    }
    return true;
}

static const char *engine_graph_attributes_of(const Node *node) {
    static const char *const ATTRIBUTES[] = {
        [NODE_VARIABLE] = "shape = note",
        [NODE_LOCAL] = "shape = ellipse",
        [NODE_OUTPUT] = "shape = cds",
        [NODE_MODULE] = "shape = component",
        [NODE_MODULE_VALUE] = "shape = component, style = dashed",
        [NODE_PROVIDER] = "shape = diamond",
        [NODE_RESOURCE] = NULL,
        [NODE_RESOURCE_VALUE] = "style = dashed",
        [NODE_ORPHAN] = "color = gray",
        [NODE_IMPORT] = "shape = rarrow",
        [NODE_CHECK] = "shape = octagon",
        [NODE_CHECK_START] = "shape = octagon, style = dashed",
        [NODE_EPHEMERAL_CLOSE] = "style = dotted",
        [NODE_DESTROY] = "color = red",
        [NODE_DESTROY_GATE] = "color = red, style = dashed",
    };
    static_assert(ARRAY_COUNT(ATTRIBUTES) == NODE_DESTROY_GATE + 1, "a look for every kind");
    return ATTRIBUTES[node->kind];
}

/* "module.a.module.b.t.x" → "module.a.module.b" */
static Str engine_graph_module_of(Str name) {
    size_t end = 0;
    while (str_starts_with(str_after(name, end), STR("module."))) {
        size_t dot = str_find_char(name, '.', end + strlen("module."));
        if (dot == SIZE_MAX)
            break;
        end = dot + 1;
    }
    return end ? str_slice(name, 0, end - 1) : STR_EMPTY;
}

#define LINES_MAX 8

/* The node of a resource whose objects this node changes; NULL: none. */
static const ResourceNode *resource_of(const Node *node) {
    if (node->kind == NODE_DESTROY && is_resource(node->as.mirrored))
        return node->as.mirrored->as.resource;
    return is_resource(node) ? node->as.resource : NULL;
}

/* Most severe last. */
static const struct {
    Action action;
    const char *color;
} frames[] = {
    {ACTION_READ, "#388bfd"},
    {ACTION_CREATE, "#2da44e"},
    {ACTION_UPDATE, "#bf8700"},
    {ACTION_FORGET, "#8957e5"},
    {ACTION_FORGET_THEN_CREATE, "#8957e5"},
    {ACTION_CREATE_THEN_DELETE, "#8957e5"},
    {ACTION_DELETE_THEN_CREATE, "#8957e5"},
    {ACTION_DELETE, "#e5534b"},
};

/* Returns 1 + the row of an action; 0: none. */
static size_t frame_of(Action action) {
    for (size_t i = 0; i < ARRAY_COUNT(frames); i++) {
        if (frames[i].action == action)
            return i + 1;
    }
    return 0;
}

/* Adds "[0]", "create", "[0] create" or "module.a[1] [0] create". */
static void engine_graph_add_line(Picture *picture, ResourceAddr address, Action action,
                                  StrVec *lines) {
    Str module = module_addr_to_str(address.module, picture->scratch);
    bool has_keys = !str_equal(module, module_addr_to_config_str(address.module, picture->scratch));
    Str parts[3];
    size_t count = 0;
    if (has_keys)
        parts[count++] = module;
    if (address.key.kind != KEY_NONE)
        parts[count++] = address_key_to_str(address.key, picture->scratch);
    if (action != ACTION_NO_OP)
        parts[count++] = str_from_cstr(action_name(action));
    if (count > 0)
        vec_push(picture->arena, lines, str_join(parts, count, STR(" "), picture->arena));
}

/* A deletion belongs to the node that deletes. */
static bool is_change_of(const Node *node, const ResourceChange *change) {
    return node->kind == NODE_DESTROY ? action_deletes(change->action)
                                      : change->action != ACTION_DELETE;
}

/* Adds the planned changes, or else the instances of the state, and the colour of the changes. */
static void engine_graph_describe(Picture *picture, const Node *node, GraphDotNode *drawn) {
    const ResourceNode *resource = resource_of(node);
    if (!resource)
        return;
    size_t frame = 0;
    StrVec lines = {0};
    size_t start = drawn->cluster.len > 0 ? drawn->cluster.len + 1 : 0;
    Str local = str_after(resource->address, start);
    drawn->type = str_clone(str_slice(local, 0, str_rfind_char(local, '.')), picture->arena);
    vec_each(&resource->planned, planned) {
        const ResourceChange *change = (*planned)->change;
        if (!is_change_of(node, change))
            continue;
        size_t own = frame_of(change->action);
        frame = own > frame ? own : frame;
        engine_graph_add_line(picture, change->address, change->action, &lines);
    }
    for (size_t i = 0; resource->planned.count == 0 && i < resource->stored.count; i++) {
        ResourceAddr address = resource->stored.items[i]->address;
        vec_each(&resource->stored.items[i]->instances, instance) {
            address.key = instance->key;
            engine_graph_add_line(picture, address, ACTION_NO_OP, &lines);
        }
    }
    if (lines.count > LINES_MAX) {
        Str more = str_format(picture->arena, "and %zu more", lines.count - LINES_MAX + 1);
        lines.count = LINES_MAX - 1;
        vec_push(picture->arena, &lines, more);
    }
    drawn->lines = lines;
    drawn->frame = frame > 0 ? frames[frame - 1].color : NULL;
}

static void engine_graph_add_node(Picture *picture, const Node *node) {
    GraphDotNode *drawn = arena_new(picture->arena, GraphDotNode);
    drawn->name = str_clone(node->name, picture->arena);
    if (node->kind == NODE_RESOURCE_VALUE || node->kind == NODE_MODULE_VALUE)
        drawn->name = str_format(picture->arena, "%.*s (%s)", STR_ARG(node->name),
                                 node_kind_name(node->kind));
    drawn->cluster = engine_graph_module_of(drawn->name);
    if (drawn->cluster.len > 0)
        drawn->label = str_after(drawn->name, drawn->cluster.len + 1);
    if (picture->request->type != GRAPH_RESOURCES)
        drawn->attributes = engine_graph_attributes_of(node);
    engine_graph_describe(picture, node, drawn);
    picture->shown[node->id] = 1 + graph_add_node(&picture->graph, drawn);
}

/* A shown node is connected to the nearest shown nodes. Paths between resources do not cross
 * providers. */
static bool engine_graph_may_pass(const Picture *picture, const Node *node) {
    return picture->request->type != GRAPH_RESOURCES || node->kind != NODE_PROVIDER;
}

static void engine_graph_connect(Picture *picture, const Node *node) {
    const Graph *graph = &picture->walk->graph;
    GraphNodes queue = {0};
    GraphNode own = picture->shown[node->id] - 1;
    vec_push(picture->scratch, &queue, node->id);
    while (queue.count > 0) {
        GraphNode at = vec_pop(&queue);
        for (uint32_t i = graph->need_start[at]; i < graph->need_start[at + 1]; i++) {
            const Node *need = picture->walk->nodes.items[graph->need[i]];
            if (picture->seen[need->id] == node->id + 1 || need->kind == NODE_CHECK_START ||
                !engine_graph_may_pass(picture, need))
                continue;
            picture->seen[need->id] = node->id + 1;
            if (picture->shown[need->id])
                graph_add_edge(&picture->graph, own, picture->shown[need->id] - 1);
            else
                vec_push(picture->scratch, &queue, need->id);
        }
    }
}

static void engine_graph_draw(Picture *picture, Graph *out) {
    const EngineWalk *walk = picture->walk;
    picture->shown = arena_new_array(picture->scratch, GraphNode, walk->nodes.count);
    picture->seen = arena_new_array(picture->scratch, uint32_t, walk->nodes.count);
    vec_each(&walk->nodes, item) {
        if (is_shown(picture, *item))
            engine_graph_add_node(picture, *item);
    }
    vec_each(&walk->nodes, item) {
        if (picture->shown[(*item)->id])
            engine_graph_connect(picture, *item);
    }
    graph_finish(&picture->graph);
    GraphNodes cycle = {0};
    bool may_reduce = !picture->request->is_verbose &&
                      !graph_find_cycle(&picture->graph, &cycle, picture->scratch);
    *out = may_reduce ? graph_reduce(&picture->graph, picture->arena) : picture->graph;
}

static void engine_graph_plan_deletion(Plan *plan, const StateResource *resource,
                                       const StateInstance *instance, Arena *arena) {
    ResourceChange change = {
        .address = resource->address,
        .provider_config = resource->provider_config,
        .action = ACTION_DELETE,
    };
    change.address.key = instance->key;
    change.dependencies = instance->current->dependencies;
    change.dependency_count = instance->current->dependency_count;
    vec_push(arena, &plan->changes, change);
}

/* Returns a plan that deletes all current managed objects, made without calling providers. */
static Plan *plan_deletions(const State *state, Arena *arena) {
    Plan *plan = plan_new(PLAN_DESTROY, arena);
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (resource->address.mode == MODE_MANAGED && instance->current)
                engine_graph_plan_deletion(plan, resource, instance, arena);
        }
    }
    plan_sort(plan);
    return plan;
}

static bool engine_graph_build(EngineWalk *walk, const GraphRequest *request, Diags *diags) {
    walk->state = request->state;
    switch (request->type) {
    case GRAPH_RESOURCES:
    case GRAPH_PLAN: return plan_graph_build(walk, diags);
    case GRAPH_PLAN_DESTROY: walk->plan = plan_deletions(request->state, walk->arena); break;
    case GRAPH_APPLY:
        walk->plan = request->plan ? request->plan : plan_new(PLAN_NORMAL, walk->arena);
        break;
    }
    return apply_graph_build(walk, diags);
}

/* Returns true if the graph is complete and contains a cycle. */
static bool has_cycle(const EngineWalk *walk, Arena *scratch) {
    GraphNodes cycle = {0};
    return walk->graph.finished && graph_find_cycle(&walk->graph, &cycle, scratch);
}

bool engine_graph(const Engine *engine, const GraphRequest *request, Graph *out, Arena *arena,
                  Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("graph");
    PlanOptions options = {0};
    WalkPhase phase =
        request->type == GRAPH_RESOURCES || request->type == GRAPH_PLAN ? PHASE_PLAN : PHASE_APPLY;
    EngineWalk *walk = engine_walk_open(engine, &options, phase, arena);
    Diags found = diags_new(scratch);
    bool ok = engine_graph_build(walk, request, &found);
    if (!ok && request->draws_cycles && has_cycle(walk, scratch))
        ok = true;
    else
        diags_append(diags, &found);
    if (ok) {
        Picture picture = {.walk = walk, .request = request, .graph = graph_new(arena)};
        picture.arena = arena;
        picture.scratch = scratch;
        engine_graph_draw(&picture, out);
    }
    engine_walk_close(walk, diags);
    engine_walk_free(walk);
    return ok;
}
