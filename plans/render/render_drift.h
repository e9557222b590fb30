/* render_drift: what of a plan's drift is worth reading.
 *
 * When only refreshing, all of it. In a plan that changes things, what those changes start from:
 *
 *   - attributes that changes refer to (relevant_attributes)
 *   - attributes that the plan brings back to their value before, or that force a replacement
 *   - that an object was deleted which the plan creates again
 *
 * Other attributes count as unchanged, and objects without any are left out. */
#pragma once

#include "plan.h"

typedef struct RenderDrift {
    Drift drift;     /* `after` differs in those attributes alone */
    bool is_extract; /* there may be other differences */
} RenderDrift;

typedef VEC(RenderDrift) RenderDrifts;

RenderDrifts render_drift_find(const Plan *plan, Arena *arena);
