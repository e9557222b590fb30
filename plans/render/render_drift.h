/* render_drift: selects the part of a plan's drift that its text shows.
 *
 * A refresh-only plan shows all drift, a plan without changes none. Any other plan shows the drift
 * that its changes start from:
 *
 *   - attributes that changes refer to (relevant_attributes)
 *   - attributes that the plan brings back to their value before, or that force a replacement
 *   - the deletion of an object for which the plan has a change
 *
 * Other attributes except `id` count as unchanged; an object without shown attributes is left
 * out. */
#pragma once

#include "plan.h"

typedef struct RenderDrift {
    Drift drift;     /* `after` differs only in the shown attributes */
    bool is_extract; /* there may be other differences */
} RenderDrift;

typedef VEC(RenderDrift) RenderDrifts;

RenderDrifts render_drift_find(const Plan *plan, Arena *arena);
