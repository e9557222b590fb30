/* Builds compressed rows from edges with two counting sorts, and searches them. */
#include "graph.h"

Graph graph_new(Arena *arena) {
    return (Graph){.arena = arena};
}

GraphNode graph_add_node(Graph *graph, void *payload) {
    CHECK(!graph->finished && graph->payloads.count < UINT32_MAX);
    vec_push(graph->arena, &graph->payloads, payload);
    return (GraphNode)(graph->payloads.count - 1);
}

void graph_add_edge(Graph *graph, GraphNode from, GraphNode to) {
    CHECK(!graph->finished);
    CHECK(from < graph->payloads.count && to < graph->payloads.count);
    GraphEdge edge = {from, to};
    vec_push(graph->arena, &graph->edges, edge);
}

static GraphNode graph_row_of(GraphEdge edge, bool by_target) {
    return by_target ? edge.to : edge.from;
}

/* Returns the start index of each node's row in the sorted edges, and the end of the last row. */
static uint32_t *row_starts(const Graph *graph, bool by_target, Arena *arena) {
    size_t nodes = graph->payloads.count;
    uint32_t *starts = arena_new_array(arena, uint32_t, nodes + 1);
    vec_each(&graph->edges, edge)
        starts[graph_row_of(*edge, by_target) + 1]++;
    for (size_t n = 0; n < nodes; n++)
        starts[n + 1] += starts[n];
    return starts;
}

/* A stable counting sort: edges of one row keep their order. */
static void sort_edges(Graph *graph, bool by_target, Arena *scratch) {
    if (graph->edges.count == 0)
        return;
    uint32_t *next = row_starts(graph, by_target, scratch);
    GraphEdge *sorted = arena_new_array(scratch, GraphEdge, graph->edges.count);
    vec_each(&graph->edges, edge)
        sorted[next[graph_row_of(*edge, by_target)]++] = *edge;
    memcpy(graph->edges.items, sorted, graph->edges.count * sizeof(GraphEdge));
}

/* The edges must be sorted. */
static void graph_drop_duplicates(Graph *graph) {
    size_t kept = 0;
    for (size_t i = 0; i < graph->edges.count; i++) {
        GraphEdge edge = graph->edges.items[i];
        bool again = kept && graph->edges.items[kept - 1].from == edge.from &&
                     graph->edges.items[kept - 1].to == edge.to;
        if (!again)
            graph->edges.items[kept++] = edge;
    }
    graph->edges.count = kept;
}

static void build_needs(Graph *graph) {
    graph->need_start = row_starts(graph, false, graph->arena);
    graph->need = arena_new_array(graph->arena, GraphNode, graph->edges.count);
    for (size_t i = 0; i < graph->edges.count; i++)
        graph->need[i] = graph->edges.items[i].to;
}

static void build_users(Graph *graph, Arena *scratch) {
    size_t nodes = graph->payloads.count;
    graph->user_start = row_starts(graph, true, graph->arena);
    graph->user = arena_new_array(graph->arena, GraphNode, graph->edges.count);
    uint32_t *next = arena_new_array(scratch, uint32_t, nodes + 1);
    memcpy(next, graph->user_start, (nodes + 1) * sizeof *next);
    vec_each(&graph->edges, edge)
        graph->user[next[edge->to]++] = edge->from;
}

void graph_finish(Graph *graph) {
    CHECK(!graph->finished && graph->edges.count < UINT32_MAX);
    SCOPED(ArenaRef) scratch = arena_open("graph");
    sort_edges(graph, true, scratch);
    sort_edges(graph, false, scratch);
    graph_drop_duplicates(graph);
    build_needs(graph);
    build_users(graph, scratch);
    graph->finished = true;
}

typedef enum SearchColor { COLOR_NEW, COLOR_ON_PATH, COLOR_DONE } SearchColor;

/* A depth-first search with an explicit stack: the graph may be too deep for recursion. */
typedef struct Search {
    const Graph *graph;
    uint8_t *colors;
    uint32_t *next; /* per node: index into `need` of the edge to follow next */
    GraphNode *path;
    size_t depth;
} Search;

static void search_enter(Search *search, GraphNode node) {
    search->colors[node] = COLOR_ON_PATH;
    search->next[node] = search->graph->need_start[node];
    search->path[search->depth++] = node;
}

/* Continues the search until it meets a node that is on the path already; returns the node in
 * `*met`. */
static bool search_for_cycle(Search *search, GraphNode *met) {
    while (search->depth) {
        GraphNode node = search->path[search->depth - 1];
        if (search->next[node] == search->graph->need_start[node + 1]) {
            search->colors[node] = COLOR_DONE;
            search->depth--;
            continue;
        }
        GraphNode need = search->graph->need[search->next[node]++];
        if (search->colors[need] == COLOR_NEW) {
            search_enter(search, need);
        } else if (search->colors[need] == COLOR_ON_PATH) {
            *met = need;
            return true;
        }
    }
    return false;
}

static void copy_cycle(const Search *search, GraphNode met, GraphNodes *out, Arena *arena) {
    size_t start = 0;
    while (search->path[start] != met)
        start++;
    *out = (GraphNodes){0};
    for (size_t i = start; i < search->depth; i++)
        vec_push(arena, out, search->path[i]);
}

bool graph_find_cycle(const Graph *graph, GraphNodes *out, Arena *arena) {
    CHECK(graph->finished);
    SCOPED(ArenaRef) scratch = arena_open("graph");
    size_t nodes = graph->payloads.count;
    Search search = {
        .graph = graph,
        .colors = arena_new_array(scratch, uint8_t, nodes),
        .next = arena_new_array(scratch, uint32_t, nodes),
        .path = arena_new_array(scratch, GraphNode, nodes),
    };
    for (GraphNode node = 0; node < nodes; node++) {
        GraphNode met;
        if (search.colors[node] != COLOR_NEW)
            continue;
        search_enter(&search, node);
        if (!search_for_cycle(&search, &met))
            continue;
        copy_cycle(&search, met, out, arena);
        return true;
    }
    return false;
}

/* A binary heap; the first item is the smallest. */
typedef struct Heap {
    GraphNode *items;
    size_t count;
} Heap;

static void heap_add(Heap *heap, GraphNode node) {
    size_t at = heap->count++;
    while (at && heap->items[(at - 1) / 2] > node) {
        heap->items[at] = heap->items[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap->items[at] = node;
}

static GraphNode heap_take(Heap *heap) {
    GraphNode least = heap->items[0];
    GraphNode moved = heap->items[--heap->count];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap->count; at = child) {
        bool right = child + 1 < heap->count && heap->items[child + 1] < heap->items[child];
        child += right;
        if (heap->items[child] >= moved)
            break;
        heap->items[at] = heap->items[child];
    }
    heap->items[at] = moved;
    return least;
}

void graph_topological_order(const Graph *graph, GraphNodes *out, Arena *arena) {
    CHECK(graph->finished);
    SCOPED(ArenaRef) scratch = arena_open("graph");
    size_t nodes = graph->payloads.count;
    uint32_t *pending = arena_new_array(scratch, uint32_t, nodes);
    Heap ready = {.items = arena_new_array(scratch, GraphNode, nodes)};
    GraphNodes order = {0};
    vec_reserve(arena, &order, nodes);
    for (GraphNode node = 0; node < nodes; node++) {
        pending[node] = graph->need_start[node + 1] - graph->need_start[node];
        if (pending[node] == 0)
            heap_add(&ready, node);
    }
    while (ready.count) {
        GraphNode node = heap_take(&ready);
        order.items[order.count++] = node;
        for (uint32_t i = graph->user_start[node]; i < graph->user_start[node + 1]; i++) {
            if (--pending[graph->user[i]] == 0)
                heap_add(&ready, graph->user[i]);
        }
    }
    CHECK(order.count == nodes); /* the nodes of a cycle are never ready */
    *out = order;
}

static void mark_reachable(const Graph *graph, const uint32_t *row_start, const GraphNode *row,
                           GraphNode start, bool *marks, Arena *scratch) {
    CHECK(graph->finished);
    GraphNodes open = {0};
    if (!marks[start])
        vec_push(scratch, &open, start);
    marks[start] = true;
    while (open.count) {
        GraphNode node = vec_pop(&open);
        for (uint32_t i = row_start[node]; i < row_start[node + 1]; i++) {
            if (marks[row[i]])
                continue;
            marks[row[i]] = true;
            vec_push(scratch, &open, row[i]);
        }
    }
}

void graph_mark_needs(const Graph *graph, GraphNode start, bool *marks, Arena *scratch) {
    mark_reachable(graph, graph->need_start, graph->need, start, marks, scratch);
}

void graph_mark_users(const Graph *graph, GraphNode start, bool *marks, Arena *scratch) {
    mark_reachable(graph, graph->user_start, graph->user, start, marks, scratch);
}

/* Adds the edges of `node` that no path through another dependency implies. */
static void add_direct_needs(const Graph *graph, GraphNode node, Graph *reduced, Arena *scratch) {
    bool *implied = arena_new_array(scratch, bool, graph->payloads.count);
    uint32_t start = graph->need_start[node];
    uint32_t end = graph->need_start[node + 1];
    for (uint32_t i = start; i < end; i++) {
        GraphNode need = graph->need[i];
        for (uint32_t j = graph->need_start[need]; j < graph->need_start[need + 1]; j++) {
            graph_mark_needs(graph, graph->need[j], implied, scratch);
        }
    }
    for (uint32_t i = start; i < end; i++) {
        if (!implied[graph->need[i]])
            graph_add_edge(reduced, node, graph->need[i]);
    }
}

Graph graph_reduce(const Graph *graph, Arena *arena) {
    CHECK(graph->finished);
    SCOPED(ArenaRef) scratch = arena_open("graph");
    Graph reduced = graph_new(arena);
    vec_each(&graph->payloads, payload)
        graph_add_node(&reduced, *payload);
    for (GraphNode node = 0; node < graph->payloads.count; node++) {
        add_direct_needs(graph, node, &reduced, scratch);
        arena_reset(scratch);
    }
    graph_finish(&reduced);
    return reduced;
}

/* Sets `order` to the nodes in the order in which a depth-first search finishes them. */
static void order_of_leaving(const Graph *graph, GraphNode *order, Arena *scratch) {
    size_t nodes = graph->payloads.count, count = 0;
    Search search = {
        .graph = graph,
        .colors = arena_new_array(scratch, uint8_t, nodes),
        .next = arena_new_array(scratch, uint32_t, nodes),
        .path = arena_new_array(scratch, GraphNode, nodes),
    };
    for (GraphNode start = 0; start < nodes; start++) {
        if (search.colors[start] == COLOR_NEW)
            search_enter(&search, start);
        while (search.depth > 0) {
            GraphNode node = search.path[search.depth - 1];
            if (search.next[node] == graph->need_start[node + 1]) {
                search.colors[node] = COLOR_DONE;
                order[count++] = node;
                search.depth--;
                continue;
            }
            GraphNode need = graph->need[search.next[node]++];
            if (search.colors[need] == COLOR_NEW)
                search_enter(&search, need);
        }
    }
}

/* Gives the number to all nodes that depend on `start` and have no component yet. */
static void fill_component(const Graph *graph, GraphNode start, uint32_t number, uint32_t *out,
                           GraphNode *stack) {
    size_t depth = 0;
    out[start] = number;
    stack[depth++] = start;
    while (depth > 0) {
        GraphNode node = stack[--depth];
        for (uint32_t i = graph->user_start[node]; i < graph->user_start[node + 1]; i++) {
            GraphNode user = graph->user[i];
            if (out[user])
                continue;
            out[user] = number;
            stack[depth++] = user;
        }
    }
}

uint32_t *graph_components(const Graph *graph, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("components");
    size_t nodes = graph->payloads.count;
    GraphNode *order = arena_new_array(scratch, GraphNode, nodes);
    GraphNode *stack = arena_new_array(scratch, GraphNode, nodes);
    uint32_t *components = arena_new_array(arena, uint32_t, nodes);
    uint32_t number = 0;
    order_of_leaving(graph, order, scratch);
    for (size_t i = nodes; i-- > 0;) {
        if (!components[order[i]])
            fill_component(graph, order[i], ++number, components, stack);
    }
    return components;
}
