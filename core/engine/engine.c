/* Validation, schemas and the pictured graph. */
#include "engine_walk.h"
#include "plan_graph.h"

bool engine_validate(const Engine *engine, Arena *arena, Diags *diags) {
    size_t before = diags->error_count;
    PlanOptions options = {0};
    EngineWalk *walk = engine_walk_open(engine, &options, PHASE_VALIDATE, arena);
    if (plan_graph_build(walk, diags))
        (void)visit_run(walk);
    engine_walk_close(walk, diags);
    return diags->error_count == before;
}

const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type) {
    SCOPED(ArenaRef) scratch = arena_open("schema");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(engine->registry, provider, &table, NO_RANGE, &ignored))
        return NULL;
    const ResourceType *found = mode == MODE_DATA        ? registry_find_data_source(table, type)
                                : mode == MODE_EPHEMERAL ? registry_find_ephemeral(table, type)
                                                         : registry_find_resource(table, type);
    return found ? &found->schema : NULL;
}

/* -- the graph that people look at: resources alone, what lies between them folded away -----------
 */

typedef struct Picture {
    const EngineWalk *walk;
    Graph graph;
    GraphNode *shown; /* node → its node in the picture */
    uint32_t *seen;   /* node → 1 + the resource that it was last found for */
    Arena *scratch;
} Picture;

static void connect(Picture *picture, const Node *node) {
    const EngineWalk *walk = picture->walk;
    uint32_t *seen = picture->seen;
    GraphNodes queue = {0};
    vec_push(picture->scratch, &queue, node->id);
    while (queue.count > 0) {
        GraphNode at = vec_pop(&queue);
        for (uint32_t i = walk->graph.need_start[at]; i < walk->graph.need_start[at + 1]; i++) {
            const Node *need = walk->nodes.items[walk->graph.need[i]];
            if (seen[need->id] == node->id + 1 || need->kind == NODE_PROVIDER ||
                need->kind == NODE_CHECK_START)
                continue;
            seen[need->id] = node->id + 1;
            if (need->kind == NODE_RESOURCE)
                graph_add_edge(&picture->graph, picture->shown[node->id], picture->shown[need->id]);
            else
                vec_push(picture->scratch, &queue, need->id);
        }
    }
}

bool engine_graph(
    const Engine *engine, const State *state, Graph *out, Arena *arena, Diags *diags) {
    PlanOptions options = {0};
    EngineWalk *walk = engine_walk_open(engine, &options, PHASE_PLAN, arena);
    walk->state = state;
    bool ok = plan_graph_build(walk, diags);
    if (ok) {
        SCOPED(ArenaRef) scratch = arena_open("graph");
        Picture picture = {.walk = walk, .graph = graph_new(arena), .scratch = scratch};
        picture.shown = arena_new_array(scratch, GraphNode, walk->nodes.count);
        picture.seen = arena_new_array(scratch, uint32_t, walk->nodes.count);
        vec_each(&walk->nodes, item) {
            if ((*item)->kind != NODE_RESOURCE && (*item)->kind != NODE_ORPHAN)
                continue;
            picture.shown[(*item)->id] = graph_add_node(&picture.graph, &(*item)->name);
        }
        vec_each(&walk->nodes, item) {
            if ((*item)->kind == NODE_RESOURCE)
                connect(&picture, *item);
        }
        graph_finish(&picture.graph);
        *out = graph_reduce(&picture.graph, arena);
    }
    engine_walk_close(walk, diags);
    return ok;
}
