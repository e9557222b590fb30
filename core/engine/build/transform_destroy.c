/* Orders deletions against the order of creation. Every node gets a mirror, and an edge N → M (N
 * depends on M) gives mirror(M) → mirror(N). So an object is deleted after everything that depends
 * on it, whatever locals or outputs lie in between; in a full destroy also provider configurations.
 *
 *   apply(X) → mirror(X)              delete, then create
 *   mirror(X) → apply(X), apply(Y)…   create_before_destroy: the successor and the dependents first
 *   apply(Y) → mirror(X)              X only loses objects: they are deleted before dependents
 *                                     change, as in a replacement. Objects that their dependents
 *                                     hold (a disk in a machine) are deleted after that change.
 *   mirror(X) → inputs of X           if module_origin_guards(X)
 *   mirror(X) → provider(X)           the provider must be configured, also those of its actions
 *   apply(X) → gate(X) → mirror(Y)    a dependent's object is deleted before X is created, updated
 *                                     or read, unless its deletion is a late one (is_late)
 *   mirror(M) → gate(X) → mirror(Y)   full destroy: members of X are deleted after its other
 *                                     dependents
 *
 * A full destroy creates nothing: a node reads its value before its objects are deleted.
 *
 * Objects without a block are ordered by the dependencies in the state. An order that is only
 * desirable is a soft edge: it is dropped if it would close a cycle. */
#include "transform.h"

#include "log.h"
#include "module_origin.h"

typedef struct SoftEdge {
    GraphEdge edge;
    bool is_weak; /* dropped before other soft edges */
} SoftEdge;

typedef VEC(SoftEdge) SoftEdges;

static bool has_deletions(const EngineWalk *walk) {
    vec_each(&walk->plan->changes, change) {
        if (action_deletes(change->action))
            return true;
    }
    return false;
}

/* Returns true for a block without objects to delete: of a data source or an action. */
static bool destroy_holds_nothing(const Node *node) {
    if (node->kind != NODE_RESOURCE)
        return false;
    ResourceMode mode = node->as.resource->config->mode;
    return mode == MODE_DATA || mode == MODE_ACTION;
}

/* Returns true if no object of the block is created. Its deletions can then precede or follow the
 * changes of its dependents. */
static bool only_loses(const ResourceNode *resource) {
    vec_each(&resource->planned, run) {
        Action action = (*run)->change->action;
        if (action == ACTION_CREATE || action_is_replace(action))
            return false;
    }
    return true;
}

static bool destroys_after_updates(const ResourceNode *resource) {
    const ResourceType *type = resource_type_of(resource->type);
    return type && type->destroy_after_dependents_update;
}

/* Returns true if objects are deleted only after the changes of their dependents: with
 * create_before_destroy, or if the dependents hold them. */
static bool is_late(const ResourceNode *resource) {
    bool is_held = destroys_after_updates(resource) && only_loses(resource);
    return resource->create_before_destroy || is_held;
}

/* Returns true if an instance gets a new value. */
static bool makes_changes(const ResourceNode *resource) {
    vec_each(&resource->planned, run) {
        Action action = (*run)->change->action;
        if (action != ACTION_NO_OP && action != ACTION_DELETE && action != ACTION_FORGET)
            return true;
    }
    return false;
}

/* Finds the resources that depend on `start`. With `past_objects`, the search continues behind
 * managed resources, except those whose own late deletion waits for their dependents. Otherwise it
 * continues behind values and data sources only. */
static void find_dependents(EngineWalk *walk, GraphNode start, bool past_objects, GraphNodes *out,
                            Arena *scratch) {
    bool *seen = arena_new_array(scratch, bool, walk->nodes.count);
    GraphNodes queue = {0};
    vec_push(scratch, &queue, start);
    while (queue.count > 0) {
        GraphNode at = vec_pop(&queue);
        for (uint32_t i = walk->graph.user_start[at]; i < walk->graph.user_start[at + 1]; i++) {
            GraphNode user = walk->graph.user[i];
            const Node *node = walk->nodes.items[user];
            if (seen[user] || node->kind == NODE_CHECK_START)
                continue;
            seen[user] = true;
            bool is_object = node->kind == NODE_RESOURCE && !destroy_holds_nothing(node);
            if (node->kind == NODE_RESOURCE)
                vec_push(scratch, out, user);
            if (!is_object ||
                (past_objects && !(is_late(node->as.resource) && node_deletes(node->as.resource))))
                vec_push(scratch, &queue, user);
        }
    }
}

typedef struct DestroyOrder {
    EngineWalk *walk;
    Graph *out;
    SoftEdges soft;
    const Node **mirrors;
    const Node **gates; /* by node; NULL: no dependent is deleted first */
    Map by_address;     /* configuration address → Node */
    Arena *scratch;
} DestroyOrder;

static void log_soft_edge(const EngineWalk *walk, const char *event, GraphEdge edge, bool is_weak) {
    const Node *from = walk->nodes.items[edge.from], *to = walk->nodes.items[edge.to];
    log_debug(event, log_text("from", from->name),
              log_cstr("from_kind", node_kind_name(from->kind)), log_text("to", to->name),
              log_cstr("to_kind", node_kind_name(to->kind)), log_number("weak", is_weak));
}

static void log_stage(const DestroyOrder *order, const char *stage) {
    log_debug("destroy order", log_cstr("stage", stage),
              log_number("nodes", (int64_t)order->walk->nodes.count),
              log_number("edges", (int64_t)order->out->edges.count),
              log_number("soft_edges", (int64_t)order->soft.count));
}

static void add_soft_edge(DestroyOrder *order, GraphNode from, GraphNode to, bool is_weak) {
    log_soft_edge(order->walk, "soft edge", (GraphEdge){from, to}, is_weak);
    vec_push(order->scratch, &order->soft, (SoftEdge){{from, to}, is_weak});
}

/* The check of a destroy-time provisioner compares its texts with the arguments of the call. */
static void order_after_inputs(DestroyOrder *order, const Node *node) {
    const Graph *graph = &order->walk->graph;
    for (uint32_t i = graph->need_start[node->id]; i < graph->need_start[node->id + 1]; i++) {
        NodeKind kind = order->walk->nodes.items[graph->need[i]]->kind;
        if (kind == NODE_VARIABLE || kind == NODE_LOCAL)
            add_soft_edge(order, order->mirrors[node->id]->id, graph->need[i], true);
    }
}

/* A mirror without deletions only connects the nodes before and after it. */
static void order_resource(DestroyOrder *order, const Node *node) {
    const ResourceNode *resource = node->as.resource;
    GraphNode mirror = order->mirrors[node->id]->id;
    bool is_deleting = node_deletes(resource);
    if (is_deleting)
        graph_add_edge(order->out, mirror, resource->provider->id);
    vec_each(&resource->actions, action) {
        if (is_deleting)
            graph_add_edge(order->out, mirror, (*action)->as.resource->provider->id);
    }
    if (order->walk->plan->mode == PLAN_DESTROY) {
        /* The value may configure a provider, so it is read first. */
        graph_add_edge(order->out, mirror, node->id);
        return;
    }
    if (!is_deleting || node->kind == NODE_ORPHAN)
        return;
    if (module_origin_guards(node))
        order_after_inputs(order, node);
    bool is_last = resource->create_before_destroy;
    bool is_soft = !is_last && only_loses(resource);
    bool is_held = is_soft && is_late(resource);
    if (!is_last && !is_soft) {
        graph_add_edge(order->out, node->id, mirror);
        return;
    }
    if (is_last)
        graph_add_edge(order->out, mirror, node->id);
    GraphNodes dependents = {0};
    find_dependents(order->walk, resource->value->id, is_last, &dependents, order->scratch);
    vec_each(&dependents, user) {
        if (is_held)
            add_soft_edge(order, mirror, *user, true);
        else if (is_soft)
            add_soft_edge(order, *user, mirror, true);
        else
            graph_add_edge(order->out, mirror, *user);
    }
}

/* Returns true if the object is deleted only after its dependents have changed. */
static bool goes_last(const ResourceNode *resource) {
    if (destroys_after_updates(resource))
        return true;
    vec_each(&resource->planned, run) {
        if ((*run)->change->create_before_destroy)
            return true;
    }
    return resource->create_before_destroy;
}

/* A removed object is deleted before its dependency changes. If goes_last is true for it, it is
 * deleted after that change. */
static void order_before_change(DestroyOrder *order, const Node *user, const Node *on) {
    GraphNode mirror = order->mirrors[user->id]->id;
    if (goes_last(user->as.resource))
        add_soft_edge(order, mirror, on->id, true);
    else
        add_soft_edge(order, on->id, mirror, true);
}

/* Orders two nodes by a dependency in the state. If both have blocks, the configuration has since
 * dropped or reversed the reference, so the soft edge is weak. */
static void order_stored(DestroyOrder *order, const Node *user, const ResourceChange *change,
                         const Node *on) {
    bool both_declared = user->kind != NODE_ORPHAN && on->kind != NODE_ORPHAN;
    if (user == on ||
        (both_declared && node_depends_on(user->as.resource, on->as.resource->address)))
        return;
    bool deletes = change->action == ACTION_DELETE || action_is_replace(change->action);
    if (deletes)
        add_soft_edge(order, order->mirrors[on->id]->id, order->mirrors[user->id]->id,
                      both_declared);
    if (deletes && on->kind != NODE_ORPHAN && makes_changes(on->as.resource))
        order_before_change(order, user, on);
    if (change->action == ACTION_DELETE || !node_deletes(on->as.resource))
        return;
    GraphNode on_mirror = order->mirrors[on->id]->id;
    if (goes_last(on->as.resource))
        add_soft_edge(order, on_mirror, user->id, true);
    else
        add_soft_edge(order, user->id, on_mirror, true);
}

/* A graph that is only printed has no working state: the plan has the same dependencies. */
static StrVec stored_dependencies(const DestroyOrder *order, const ResourceChange *change,
                                  Arena *scratch) {
    StrVec names = {0};
    const Str *items = change->dependencies;
    size_t count = change->dependency_count;
    if (order->walk->working) {
        const StateObject *object =
            working_state_object(order->walk->working, change->address, change->deposed, scratch);
        items = object ? object->dependencies : NULL;
        count = object ? object->dependency_count : 0;
    }
    for (size_t i = 0; i < count; i++)
        vec_push(scratch, &names, items[i]);
    return names;
}

static void order_by_state(DestroyOrder *order, const Node *node) {
    SCOPED(ArenaRef) scratch = arena_open("stored dependencies");
    vec_each(&node->as.resource->planned, run) {
        const ResourceChange *change = (*run)->change;
        if (change->action == ACTION_NO_OP || change->action == ACTION_READ)
            continue;
        StrVec stored = stored_dependencies(order, change, scratch);
        vec_each(&stored, address) {
            const Node *on = map_find(&order->by_address, *address);
            if (on)
                order_stored(order, node, change, on);
        }
        arena_reset(scratch);
    }
}

static Graph destroy_copy_graph(EngineWalk *walk) {
    Graph out = graph_new(walk->arena);
    vec_each(&walk->nodes, item) {
        graph_add_node(&out, *item);
    }
    vec_each(&walk->graph.edges, edge) {
        graph_add_edge(&out, edge->from, edge->to);
    }
    return out;
}

static Node *add_shadow(EngineWalk *walk, Graph *out, Node *node, NodeKind kind) {
    const char *what = kind == NODE_DESTROY ? "destroy" : "dependents destroyed";
    Node *mirror = arena_new(walk->arena, Node);
    mirror->kind = kind;
    mirror->module = node->module;
    mirror->name = str_format(walk->arena, "%.*s (%s)", STR_ARG(node->name), what);
    mirror->range = node->range;
    mirror->as.mirrored = node;
    mirror->is_selected = true;
    mirror->id = graph_add_node(out, mirror);
    vec_push(walk->arena, &walk->nodes, mirror);
    return mirror;
}

/* Returns true if `user` uses another provider configuration than the resource whose value is
 * `on`. */
static bool destroy_is_foreign(const Node *user, const Node *on) {
    return user->kind == NODE_RESOURCE && on->kind == NODE_RESOURCE_VALUE &&
           user->as.resource->provider != on->as.resource->provider;
}

static void add_mirrors(DestroyOrder *order) {
    EngineWalk *walk = order->walk;
    bool destroying = walk->plan->mode == PLAN_DESTROY;
    size_t count = walk->nodes.count;
    order->mirrors = arena_new_array(walk->arena, const Node *, count);
    for (size_t i = 0; i < count; i++)
        order->mirrors[i] = add_shadow(walk, order->out, walk->nodes.items[i], NODE_DESTROY);
    vec_each(&walk->graph.edges, edge) {
        const Node *from = walk->nodes.items[edge->from];
        const Node *to = walk->nodes.items[edge->to];
        /* In a full destroy, dependencies of a provider configuration are deleted last. Otherwise
         * that order could close a cycle: the deletion of a replaced dependency would wait for
         * users, whose provider needs the successor. */
        if ((to->kind == NODE_PROVIDER && !destroying) || from->kind == NODE_CHECK_START)
            continue;
        GraphNode last = order->mirrors[edge->to]->id;
        GraphNode first = order->mirrors[edge->from]->id;
        /* A reference can close the same cycle: the provider of an object may run on the object
         * that it refers to. */
        if (destroy_is_foreign(from, to) && !destroying)
            add_soft_edge(order, last, first, false);
        else
            graph_add_edge(order->out, last, first);
    }
}

static bool is_deleted_first(const Node *node) {
    return (node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN) &&
           !destroy_holds_nothing(node) && node_deletes(node->as.resource) &&
           !is_late(node->as.resource);
}

/* The provider configuration of the deleted object may depend on the waiting object. If it has
 * dependencies, the order is only a soft edge. */
static void await_deletion(DestroyOrder *order, const Node *gate, const Node *deleted) {
    const Graph *graph = &order->walk->graph;
    GraphNode provider = deleted->as.resource->provider->id;
    GraphNode mirror = order->mirrors[deleted->id]->id;
    if (graph->need_start[provider] < graph->need_start[provider + 1])
        add_soft_edge(order, gate->id, mirror, false);
    else
        graph_add_edge(order->out, gate->id, mirror);
}

/* Adds gates to all dependencies of nodes that are deleted first. Only the first `count` nodes of
 * the walk are considered. */
static void make_gates(DestroyOrder *order, size_t count) {
    EngineWalk *walk = order->walk;
    bool *marks = arena_new_array(order->scratch, bool, walk->nodes.count);
    for (size_t i = 0; i < count; i++) {
        if (is_deleted_first(walk->nodes.items[i]))
            graph_mark_needs(&walk->graph, (GraphNode)i, marks, order->scratch);
    }
    for (size_t i = 0; i < count; i++) {
        Node *node = walk->nodes.items[i];
        if (marks[i] && node->kind != NODE_PROVIDER)
            order->gates[i] = add_shadow(walk, order->out, node, NODE_DESTROY_GATE);
    }
}

/* The gate of a node is passed when the objects that depend on it and are deleted first are gone.
 */
static void add_gates(DestroyOrder *order, size_t count) {
    EngineWalk *walk = order->walk;
    order->gates = arena_new_array(walk->arena, const Node *, count);
    if (walk->plan->mode == PLAN_DESTROY)
        return;
    make_gates(order, count);
    vec_each(&walk->graph.edges, edge) {
        const Node *from = walk->nodes.items[edge->from];
        const Node *gate = order->gates[edge->to];
        if (!gate || from->kind == NODE_CHECK_START)
            continue;
        if (order->gates[edge->from])
            graph_add_edge(order->out, gate->id, order->gates[edge->from]->id);
        if (is_deleted_first(from))
            await_deletion(order, gate, from);
    }
    for (size_t i = 0; i < count; i++) {
        const Node *node = walk->nodes.items[i];
        if (order->gates[i] && node->kind == NODE_RESOURCE && makes_changes(node->as.resource))
            graph_add_edge(order->out, node->id, order->gates[i]->id);
    }
}

static bool is_of_type(const ResourceNode *resource, const char *name) {
    return resource->type && strcmp(resource->type->name, name) == 0;
}

/* The members of a whole wait at its gate until its other dependents are deleted. Those that a
 * member needs itself do not count. */
static void order_members(DestroyOrder *order, Node *whole, const GraphNodes *members) {
    EngineWalk *walk = order->walk;
    const Node *gate = add_shadow(walk, order->out, whole, NODE_DESTROY_GATE);
    bool *needed = arena_new_array(order->scratch, bool, walk->nodes.count);
    GraphNodes dependents = {0};
    vec_each(members, member) {
        graph_mark_needs(&walk->graph, *member, needed, order->scratch);
        add_soft_edge(order, order->mirrors[*member]->id, gate->id, true);
    }
    find_dependents(walk, whole->as.resource->value->id, true, &dependents, order->scratch);
    vec_each(&dependents, user) {
        if (!needed[*user])
            add_soft_edge(order, gate->id, order->mirrors[*user]->id, true);
    }
}

/* Finds the members of each whole. Only the first `count` nodes of the walk are considered. */
static void add_member_gates(DestroyOrder *order, size_t count) {
    Node *const *nodes = order->walk->nodes.items;
    GraphNodes *members = arena_new_array(order->scratch, GraphNodes, count);
    for (size_t i = 0; i < count; i++) {
        const ResourceNode *resource = nodes[i]->as.resource;
        const ResourceType *type =
            nodes[i]->kind == NODE_RESOURCE ? resource_type_of(resource->type) : NULL;
        for (size_t k = 0; type && type->member_of && k < resource->dependency_count; k++) {
            const Node *whole = map_find(&order->by_address, resource->dependencies[k]);
            if (whole && is_of_type(whole->as.resource, type->member_of))
                vec_push(order->scratch, &members[whole->id], (GraphNode)i);
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].count)
            order_members(order, order->walk->nodes.items[i], &members[i]);
    }
}

/* Drops one soft edge of the cycle (`weak_only`: a weak one). Returns false if the cycle contains
 * none. */
static bool drop_soft_edge(DestroyOrder *order, const GraphNodes *cycle, bool weak_only) {
    SoftEdges *edges = &order->soft;
    for (size_t i = 0; i < cycle->count; i++) {
        GraphNode from = cycle->items[i];
        GraphNode to = cycle->items[(i + 1) % cycle->count];
        vec_each(edges, item) {
            if (item->edge.from != from || item->edge.to != to || (weak_only && !item->is_weak))
                continue;
            log_soft_edge(order->walk, "soft edge dropped", item->edge, item->is_weak);
            *item = vec_pop(edges);
            return true;
        }
    }
    return false;
}

static void keep_strong(SoftEdges *edges) {
    size_t kept = 0;
    vec_each(edges, item) {
        if (!item->is_weak)
            edges->items[kept++] = *item;
    }
    edges->count = kept;
}

static Graph graph_with_soft_edges(const DestroyOrder *order, Arena *arena) {
    Graph graph = graph_new(arena);
    vec_each(&order->walk->nodes, item) {
        graph_add_node(&graph, *item);
    }
    vec_each(&order->out->edges, edge) {
        graph_add_edge(&graph, edge->from, edge->to);
    }
    vec_each(&order->soft, item) {
        graph_add_edge(&graph, item->edge.from, item->edge.to);
    }
    return graph;
}

/* Drops a soft edge of a cycle. Returns true if no cycle has one. */
static bool break_cycle(DestroyOrder *order) {
    SCOPED(ArenaRef) arena = arena_open("soft edges");
    Graph graph = graph_with_soft_edges(order, arena);
    graph_finish(&graph);
    GraphNodes cycle = {0};
    if (!graph_find_cycle(&graph, &cycle, arena))
        return true;
    /* transform_finish reports a cycle without soft edges. */
    return !drop_soft_edge(order, &cycle, true) && !drop_soft_edge(order, &cycle, false);
}

/* Drops soft edges until no cycle is left. After MOST_TRIES tries it drops all weak soft edges, and
 * after as many again all soft edges, because each try costs as much as the graph. */
static void remove_cycles(DestroyOrder *order) {
    enum { MOST_TRIES = 64 };
    for (int i = 0; order->soft.count > 0 && !break_cycle(order); i++) {
        if (i == MOST_TRIES)
            keep_strong(&order->soft);
        if (i == 2 * MOST_TRIES)
            vec_clear(&order->soft);
    }
    order->walk->graph = graph_with_soft_edges(order, order->walk->arena);
}

bool transform_destroy(EngineWalk *walk, Diags *) {
    if (walk->plan->mode != PLAN_DESTROY && !has_deletions(walk))
        return true;
    SCOPED(ArenaRef) scratch = arena_open("destroy");
    Graph out = destroy_copy_graph(walk);
    size_t count = walk->nodes.count;
    DestroyOrder order = {
        .walk = walk, .out = &out, .by_address = map_new(scratch), .scratch = scratch};
    add_mirrors(&order);
    log_stage(&order, "mirrors");
    add_gates(&order, count);
    log_stage(&order, "gates");
    for (size_t i = 0; i < count; i++) {
        const Node *node = walk->nodes.items[i];
        if (node->kind != NODE_RESOURCE && node->kind != NODE_ORPHAN)
            continue;
        if (!destroy_holds_nothing(node))
            order_resource(&order, node);
        else if (walk->plan->mode == PLAN_DESTROY)
            graph_add_edge(&out, order.mirrors[i]->id, node->id); /* forget_data reads its slot */
        map_set(&order.by_address, node->as.resource->address, walk->nodes.items[i]);
    }
    log_stage(&order, "configuration");
    if (walk->plan->mode == PLAN_DESTROY)
        add_member_gates(&order, count);
    log_stage(&order, "members");
    for (size_t i = 0; i < count; i++) {
        const Node *node = walk->nodes.items[i];
        if (node->kind == NODE_RESOURCE || node->kind == NODE_ORPHAN)
            order_by_state(&order, node);
    }
    log_stage(&order, "state");
    remove_cycles(&order);
    return true;
}
