/* Validation and schemas. */
#include "engine_walk.h"
#include "plan_graph.h"

bool engine_validate(const Engine *engine, Diags *diags) {
    size_t before = diags->error_count;
    PlanOptions options = {0};
    EngineWalk *walk = engine_walk_open(engine, &options, PHASE_VALIDATE, NULL);
    if (plan_graph_build(walk, diags))
        (void)visit_run(walk);
    engine_walk_close(walk, diags);
    engine_walk_forget(walk);
    return diags->error_count == before;
}

bool engine_is_partial(const PlanOptions *options) {
    return options->targets.count + options->excludes.count > 0;
}

const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type) {
    SCOPED(ArenaRef) scratch = arena_open("schema");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(engine->registry, provider, &table, NO_RANGE, &ignored))
        return NULL;
    ObjectType found;
    return registry_find_type(table, mode, type, &found) ? found.schema : NULL;
}
