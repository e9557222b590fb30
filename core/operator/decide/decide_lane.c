#include "decide_lane.h"

Decision decide_lane(const LaneView *view, Arena *arena) {
    Decision out = {0};
    LaneStatus *next = arena_new(arena, LaneStatus);
    for (size_t i = 0; i < view->lane->status.holders.count; i++) {
        const LaneHolder *holder = &view->lane->status.holders.items[i];
        const Run *run = view->holders.items[i];
        if (run && !run_is_finished(run) && str_equal(run->meta.uid, holder->uid))
            vec_push(arena, &next->holders, *holder);
    }
    if (next->holders.count < view->lane->status.holders.count)
        vec_push(arena, &out.steps,
                 (DecisionStep){STEP_LANE_STATUS, &view->lane->meta, .lane_status = next});
    return out;
}
