/* decide_lane: places of Runs that no longer need them. Pure, as decide_stack. */
#pragma once

#include "decision.h"

typedef struct LaneView {
    const Lane *lane;
    VEC(const Run *) holders; /* for each holder in the status; NULL: the Run does not exist */
} LaneView;

Decision decide_lane(const LaneView *view, Arena *arena);
