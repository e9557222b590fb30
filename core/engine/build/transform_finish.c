/* Finishes the graph: rejects cycles. For each resource, collects the configuration addresses of
 * all resources that it depends on, also through its provider configuration, as the state stores
 * them. */
#include "config_read.h"
#include "transform.h"

static bool finish_report_cycle(EngineWalk *walk, const GraphNodes *cycle, Diags *diags) {
    StrBuf path = strbuf_new(walk->arena);
    SourceRange range = NO_RANGE;
    Str before = STR_EMPTY;
    Str first = STR_EMPTY;
    vec_each(cycle, id) {
        const Node *node = walk->nodes.items[*id];
        if (str_equal(node->name, before))
            continue; /* users see a resource and its value as one */
        if (path.len > 0)
            strbuf_add_cstr(&path, " → ");
        strbuf_add(&path, node->name);
        if (!range.source)
            range = node->range;
        if (node->range.source)
            strbuf_add_format(&path, " (%.*s)",
                              STR_ARG(config_read_place(node->range, walk->arena)));
        if (first.len == 0)
            first = node->name;
        before = node->name;
    }
    if (!str_equal(first, before) || cycle->count == 1) {
        strbuf_add_cstr(&path, " → ");
        strbuf_add(&path, first);
    }
    Diag *diag = diags_error(
        diags, range, "Cycle",
        "These objects depend on each other in a circle: %.*s. Remove one of the references.",
        (int)path.len, path.ptr);
    diag->subject = DIAG_RELATION;
    return false;
}

typedef struct NodeSet {
    const GraphNode *ids; /* sorted */
    size_t count;
} NodeSet;

static NodeSet finish_merge(NodeSet a, NodeSet b, Arena *arena) {
    if (b.count == 0)
        return a;
    if (a.count == 0)
        return b;
    GraphNode *ids = arena_new_array(arena, GraphNode, a.count + b.count);
    size_t count = 0, i = 0, j = 0;
    while (i < a.count || j < b.count) {
        if (j == b.count || (i < a.count && a.ids[i] < b.ids[j])) {
            ids[count++] = a.ids[i++];
        } else {
            if (i < a.count && a.ids[i] == b.ids[j])
                i++;
            ids[count++] = b.ids[j++];
        }
    }
    return (NodeSet){ids, count};
}

static bool has_dependencies(const Node *node) {
    return node->kind != NODE_DESTROY && node->kind != NODE_DESTROY_GATE &&
           node->kind != NODE_CHECK_START;
}

/* Merges pairwise: a node with many dependencies needs no intermediate set for each of them. */
static NodeSet unite(const EngineWalk *walk, const NodeSet *sets, uint32_t from, uint32_t to,
                     Arena *arena) {
    if (from == to)
        return (NodeSet){0};
    if (to - from == 1) {
        const Node *need = walk->nodes.items[walk->graph.need[from]];
        return has_dependencies(need) ? sets[need->id] : (NodeSet){0};
    }
    uint32_t middle = from + (to - from) / 2;
    return finish_merge(unite(walk, sets, from, middle, arena),
                        unite(walk, sets, middle, to, arena), arena);
}

/* The graph of an apply is finished again after the mirrors are added, with the same dependencies.
 * Validation does not need them. */
static void keep_dependencies(EngineWalk *walk, ResourceNode *resource, NodeSet set) {
    if (set.count == 0 || resource->dependencies || walk->phase == PHASE_VALIDATE)
        return;
    Str *names = arena_new_array(walk->kept, Str, set.count);
    for (size_t i = 0; i < set.count; i++)
        names[i] = walk->nodes.items[set.ids[i]]->as.resource->address;
    str_sort(names, set.count);
    resource->dependencies = names;
    resource->dependency_count = set.count;
}

/* Visits in topological order, so that the sets of all dependencies are complete. */
static void find_dependencies(EngineWalk *walk) {
    SCOPED(ArenaRef) scratch = arena_open("dependencies");
    const Graph *graph = &walk->graph;
    NodeSet *sets = arena_new_array(scratch, NodeSet, walk->nodes.count);
    GraphNodes order = {0};
    graph_topological_order(graph, &order, scratch);
    vec_each(&order, id) {
        Node *node = walk->nodes.items[*id];
        if (node->kind == NODE_DESTROY || node->kind == NODE_DESTROY_GATE)
            continue;
        NodeSet set =
            unite(walk, sets, graph->need_start[*id], graph->need_start[*id + 1], scratch);
        if (node->kind == NODE_RESOURCE)
            keep_dependencies(walk, node->as.resource, set);
        if (node->kind == NODE_RESOURCE_VALUE) {
            GraphNode *own = arena_new(scratch, GraphNode);
            *own = *id;
            set = finish_merge(set, (NodeSet){own, 1}, scratch);
        }
        sets[*id] = set;
    }
}

bool transform_finish(EngineWalk *walk, Diags *diags) {
    if (walk->graph.finished)
        return true; /* unchanged since the first finish */
    graph_finish(&walk->graph);
    GraphNodes cycle = {0};
    if (graph_find_cycle(&walk->graph, &cycle, walk->arena))
        return finish_report_cycle(walk, &cycle, diags);
    find_dependencies(walk);
    return true;
}
