/* The graph of apply: the plan's graph, with the planned changes and the mirrors that delete. */
#include "apply_graph.h"
#include "transform.h"

static const Transform steps[] = {
    transform_config,    transform_provider, transform_diff,    transform_schema,
    transform_reference, transform_check,    transform_finish,  transform_lifecycle,
    transform_target,    transform_exclude,  transform_destroy, transform_ephemeral,
    transform_finish,    transform_prune,
};

bool apply_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(steps) && ok; i++)
        ok = steps[i](walk, &found);
    diags_append(diags, &found); /* what it points at outlives the walk in a copy alone */
    return ok;
}
