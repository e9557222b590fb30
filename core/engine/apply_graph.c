/* The graph of apply: the plan's graph, with the planned changes and the mirrors that delete. */
#include "apply_graph.h"
#include "transform.h"

static const Transform steps[] = {
    transform_config,    transform_provider, transform_diff,    transform_schema,
    transform_reference, transform_check,    transform_finish,  transform_lifecycle,
    transform_target,    transform_exclude,  transform_destroy, transform_ephemeral,
    transform_finish,
};

bool apply_graph_build(EngineWalk *walk, Diags *diags) {
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (!steps[i](walk, diags))
            return false;
    }
    return true;
}
