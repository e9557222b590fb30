#include "lane.h"

typedef struct LaneSpec LaneSpec;

static const RecordRow holder_rows[] = {
    ROW_TEXT(LaneHolder, "uid", uid),
    ROW_TEXT(LaneHolder, "namespace", namespace),
    ROW_TEXT(LaneHolder, "name", name),
};
static const Record holder_record = RECORD(LaneHolder, holder_rows);

static const RecordRow lane_spec_rows[] = {
    ROW_UINT32(LaneSpec, "capacity", capacity),
};
static const Record lane_spec_record = RECORD(LaneSpec, lane_spec_rows);

static const RecordRow lane_status_rows[] = {
    ROW_LIST(LaneStatus, "holders", holders, LaneHolder, holder_record),
};
const Record lane_status_record = RECORD(LaneStatus, lane_status_rows);

static const RecordRow lane_rows[] = {
    ROW_OBJECT(Lane, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Lane, "spec", spec, LaneSpec, lane_spec_record),
    ROW_OBJECT(Lane, "status", status, LaneStatus, lane_status_record),
};
const Record lane_record = RECORD(Lane, lane_rows);

bool lane_is_held_by(const Lane *lane, Str run_uid) {
    vec_each(&lane->status.holders, holder) {
        if (str_equal(holder->uid, run_uid))
            return true;
    }
    return false;
}
