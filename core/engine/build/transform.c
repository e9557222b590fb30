/* Runs and logs one step of a graph. */
#include "transform.h"
#include "log.h"

static size_t count_selected(const EngineWalk *walk) {
    size_t count = 0;
    vec_each(&walk->nodes, node) {
        count += (*node)->is_selected;
    }
    return count;
}

bool transform_run(const Transform *step, EngineWalk *walk, Diags *diags) {
    int64_t began_ms = log_clock_ms();
    bool ok = step->run(walk, diags);
    log_debug("graph step", log_cstr("name", step->name),
              log_number("nodes", (int64_t)walk->nodes.count),
              log_number("edges", (int64_t)walk->graph.edges.count),
              log_number("selected", (int64_t)count_selected(walk)), log_number("ok", ok),
              log_took(began_ms));
    return ok;
}
