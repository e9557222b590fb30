/* Validates a configuration. */
#include "engine.h"
#include "engine_walk.h"
#include "node_visit.h"
#include "transform.h"

bool engine_validate(const Engine *engine, Diags *diags) {
    size_t before = diags->error_count;
    PlanOptions options = {0};
    EngineWalk *walk = engine_walk_open(engine, &options, PHASE_VALIDATE, NULL);
    if (plan_graph_build(walk, diags))
        (void)node_visit_run(walk);
    engine_walk_close(walk, diags);
    engine_walk_free(walk);
    return diags->error_count == before;
}
