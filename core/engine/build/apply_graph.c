/* Builds the graph of apply: blocks, planned changes, and the mirror nodes that delete. */
#include "transform.h"

static const Transform apply_steps[] = {
    TRANSFORM(config),    TRANSFORM(provider), TRANSFORM(diff),    TRANSFORM(schema),
    TRANSFORM(reference), TRANSFORM(invoke),   TRANSFORM(check),   TRANSFORM(finish),
    TRANSFORM(lifecycle), TRANSFORM(target),   TRANSFORM(exclude), TRANSFORM(destroy),
    TRANSFORM(ephemeral), TRANSFORM(finish),   TRANSFORM(prune),
};

bool apply_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(apply_steps) && ok; i++)
        ok = transform_run(&apply_steps[i], walk, &found);
    diags_append(diags, &found); /* copies them: the walk owns the originals */
    return ok;
}
