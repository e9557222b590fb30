/* Runs and logs one step of a graph. */
#include "transform.h"

#include "log.h"

bool transform_run(const Transform *step, EngineWalk *walk, Diags *diags) {
    int64_t began_ms = log_clock_ms();
    bool ok = step->run(walk, diags);
    log_debug("graph step", log_cstr("name", step->name),
              log_number("nodes", (int64_t)walk->nodes.count), log_number("ok", ok),
              log_took(began_ms));
    return ok;
}
