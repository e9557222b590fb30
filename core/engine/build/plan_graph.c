/* Builds the graph of validate, plan and the console. */
#include "plan_graph.h"
#include "transform.h"

static const Transform steps[] = {
    TRANSFORM(config), TRANSFORM(import),    TRANSFORM(provider), TRANSFORM(state),
    TRANSFORM(schema), TRANSFORM(reference), TRANSFORM(check),    TRANSFORM(ephemeral),
    TRANSFORM(finish), TRANSFORM(lifecycle), TRANSFORM(target),   TRANSFORM(exclude),
    TRANSFORM(prune),
};

/* Steps before transform_finish run even if an earlier one failed, so that errors of schemas and
 * references are reported together. After a failure, no later step runs. */
bool plan_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        if (!ok && steps[i].run == transform_finish)
            break;
        ok = transform_run(&steps[i], walk, &found) && ok;
    }
    diags_append(diags, &found); /* copies them: the walk owns the originals */
    return ok;
}
