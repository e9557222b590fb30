/* render_counts: the changes of a plan as numbers: a line for each action on each type. */
#pragma once

#include "plan.h"
#include "render_pen.h"

void render_counts(RenderPen *pen, const Plan *plan);
