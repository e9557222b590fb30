/* The graph of validate, plan and the console. */
#include "plan_graph.h"
#include "transform.h"

static const Transform steps[] = {
    TRANSFORM(config), TRANSFORM(import),    TRANSFORM(provider), TRANSFORM(state),
    TRANSFORM(schema), TRANSFORM(reference), TRANSFORM(check),    TRANSFORM(ephemeral),
    TRANSFORM(finish), TRANSFORM(lifecycle), TRANSFORM(target),   TRANSFORM(exclude),
    TRANSFORM(prune),
};

/* Each step may need what the ones before built, so the first that fails ends it; references and
 * schemas are independent enough to be checked together. */
bool plan_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (!ok && steps[i].run == transform_finish)
            break;
        ok = transform_run(&steps[i], walk, &found) && ok;
    }
    diags_append(diags, &found); /* what it points at outlives the walk in a copy alone */
    return ok;
}
