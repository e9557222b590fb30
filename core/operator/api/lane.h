/* Lane: how many Runs of the whole cluster may use something at the same time. */
#pragma once

#include "object_meta.h"

/* A Run that has a place. */
typedef struct LaneHolder {
    Str uid;
    Str namespace;
    Str name;
} LaneHolder;

typedef struct Lane {
    ObjectMeta meta;
    struct LaneSpec {
        uint32_t capacity; /* 0: no Run may start */
    } spec;
    struct LaneStatus {
        VEC(LaneHolder) holders;
    } status;
} Lane;

typedef struct LaneStatus LaneStatus;

extern const Record lane_record;
extern const Record lane_status_record;

bool lane_is_held_by(const Lane *lane, Str run_uid);
