/* Builds the graph of validate, plan and the console. */
#include "transform.h"

static const Transform plan_steps[] = {
    TRANSFORM(config), TRANSFORM(import),    TRANSFORM(provider),  TRANSFORM(stored),
    TRANSFORM(state),  TRANSFORM(schema),    TRANSFORM(reference), TRANSFORM(invoke),
    TRANSFORM(check),  TRANSFORM(ephemeral), TRANSFORM(finish),    TRANSFORM(lifecycle),
    TRANSFORM(target), TRANSFORM(exclude),   TRANSFORM(prune),     TRANSFORM(query),
};

/* The steps before transform_finish all run, so that errors of schemas and references are reported
 * together. After a failure, neither it nor a later step runs: those need a graph without cycles.
 */
bool plan_graph_build(EngineWalk *walk, Diags *diags) {
    bool ok = true, is_collecting = true;
    Diags found = diags_new(walk->arena);
    for (size_t i = 0; i < ARRAY_COUNT(plan_steps); i++) {
        is_collecting = is_collecting && plan_steps[i].run != transform_finish;
        if (!ok && !is_collecting)
            break;
        ok = transform_run(&plan_steps[i], walk, &found) && ok;
    }
    diags_append(diags, &found); /* copies them: the walk owns the originals */
    return ok;
}
