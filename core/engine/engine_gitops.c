/* The walk of `loam gitops`: evaluates the configuration with the values of the state, configures
 * the providers of the targets, and calls them. */
#include "engine.h"

#include "engine_walk.h"
#include "node_visit.h"
#include "transform.h"

bool engine_has_gitops(const Engine *engine, const StateResource *resource) {
    SCOPED(ArenaRef) scratch = arena_open("type");
    Diags ignored = diags_new(scratch);
    const Provider *provider = NULL;
    if (resource->address.mode != MODE_MANAGED ||
        !registry_find(engine->registry, resource->provider_config.provider, &provider, NO_RANGE,
                       &ignored))
        return false;
    const ResourceType *type = registry_find_resource(provider, resource->address.type);
    return type && type->gitops;
}

typedef struct GitopsGathering {
    GitopsResults *out;
    Arena *arena;
} GitopsGathering;

static void gitops_gather(InstanceRecord *record, void *payload) {
    const GitopsGathering *gathering = payload;
    if (record->gitops)
        vec_push(gathering->arena, gathering->out,
                 ((GitopsResult){record->address, record->gitops->rows}));
}

static int compare_results(const void *a, const void *b) {
    const GitopsResult *one = a, *other = b;
    return resource_addr_compare(one->address, other->address);
}

bool engine_gitops(const Engine *engine, const PlanOptions *options, const State *state,
                   GitopsResults *out, Arena *arena, Diags *diags) {
    size_t before = diags->error_count;
    EngineWalk *walk = engine_walk_open(engine, options, PHASE_EVALUATE, arena);
    walk->state = state;
    walk->lineage = state->lineage;
    walk->serial = state->serial;
    if (plan_graph_build(walk, diags))
        (void)node_visit_run(walk);
    bool was_walked = walk->root && walk->root->instances.count > 0;
    engine_walk_close(walk, diags);
    *out = (GitopsResults){0};
    if (was_walked)
        engine_walk_each_record(walk, gitops_gather, &(GitopsGathering){out, arena});
    if (out->count > 1)
        qsort(out->items, out->count, sizeof(GitopsResult), compare_results);
    return diags->error_count == before;
}
