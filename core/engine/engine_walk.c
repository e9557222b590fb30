/* Opens, closes and frees walks. */
#include "engine_walk.h"

EngineWalk *engine_walk_open(const Engine *engine, const PlanOptions *options, WalkPhase phase,
                             Arena *arena) {
    bool is_kept = phase == PHASE_EVALUATE || options->console;
    Arena *own = is_kept ? arena : arena_open("walk");
    EngineWalk *walk = arena_new(own, EngineWalk);
    walk->engine = engine;
    if (options) { /* a console outlives the caller's options */
        PlanOptions *copy = arena_new(own, PlanOptions);
        *copy = *options;
        walk->options = copy;
    }
    walk->phase = phase;
    walk->arena = own;
    walk->kept = phase == PHASE_VALIDATE ? own : arena;
    walk->is_kept_by_console = is_kept;
    walk->graph = graph_new(own);
    walk->missing_providers = map_new(own);
    walk->lineage = STR_EMPTY;
    walk->worker_count = engine->parallelism > 0 ? engine->parallelism : 1;
    walk->workers = arena_new_array(own, WorkerArenas, walk->worker_count);
    for (uint32_t i = 0; i < walk->worker_count; i++) {
        walk->workers[i].keep = arena_open("keep");
        walk->workers[i].walk_arena = arena_open("walk");
        walk->workers[i].scratch = arena_open("scratch");
    }
    walk->sink_arena = arena_open("diagnostics");
    walk->sink = diags_sink_new(walk->sink_arena);
    return walk;
}

void engine_walk_close(EngineWalk *walk, Diags *diags) {
    diags_append(diags, diags_sink_diags(walk->sink));
    diags_sink_close(walk->sink);
    arena_close(walk->sink_arena);
    for (uint32_t i = 0; i < walk->worker_count; i++) {
        arena_join(walk->kept, walk->workers[i].keep);
        arena_join(walk->arena, walk->workers[i].walk_arena);
        arena_close(walk->workers[i].scratch);
    }
}

void engine_walk_free(EngineWalk *walk) {
    if (!walk->is_kept_by_console)
        arena_close(walk->arena);
}

static void visit_expansion(const Node *node, ModuleInstance *module, EngineWalkVisit visit,
                            void *payload) {
    const ResourceExpansion *resource = node_slot(node, module)->payload;
    if (!resource)
        return;
    for (size_t i = 0; i < resource->expansion.count; i++)
        visit(&resource->records[i], payload);
}

void engine_walk_each_record(EngineWalk *walk, EngineWalkVisit visit, void *payload) {
    vec_each(&walk->nodes, item) {
        if ((*item)->kind != NODE_RESOURCE)
            continue;
        vec_each(&(*item)->module->instances, module) {
            visit_expansion(*item, *module, visit, payload);
        }
    }
    for (uint32_t i = 0; i < walk->worker_count; i++) {
        vec_each(&walk->workers[i].removed, record) {
            visit(*record, payload);
        }
    }
}
