/* The graph of validate, plan and the console. */
#include "plan_graph.h"
#include "transform.h"

static const Transform steps[] = {
    transform_config, transform_import,    transform_provider, transform_state,
    transform_schema, transform_reference, transform_check,    transform_ephemeral,
    transform_finish, transform_lifecycle, transform_target,   transform_exclude,
    transform_prune,
};

/* Each step may need what the ones before built, so the first that fails ends it; references and
 * schemas are independent enough to be checked together. */
bool plan_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (!ok && steps[i] == transform_finish)
            break;
        ok = steps[i](walk, &found) && ok;
    }
    diags_append(diags, &found); /* what it points at outlives the walk in a copy alone */
    return ok;
}
