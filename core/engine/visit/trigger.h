/* trigger: replace_triggered_by: does a planned change elsewhere ask for a replacement here? */
#pragma once

#include "evaluate.h"

/* A whole resource or instance triggers when it is updated or replaced, an attribute when its value
 * differs then; one that is only created does not. Naming what has no instance is an error. */
MUST_USE bool trigger_fires(
    const InstanceRecord *record, const EvalScope *scope, bool *fires, Arena *arena, Diags *diags);
