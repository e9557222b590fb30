/* render_drift: what of a plan's drift is worth reading.
 *
 * When only refreshing, all of it. In a plan that changes things what those changes start from: the
 * objects that change themselves, and those that the changes follow from (relevant_attributes). */
#pragma once

#include "plan.h"

typedef VEC(const Drift *) RenderDrifts;

RenderDrifts render_drift_find(const Plan *plan, Arena *arena);
