#include "job.h"

typedef struct JobStatus JobStatus;

static const RecordRow job_status_rows[] = {
    ROW_LIST(JobStatus, "conditions", conditions, StatusCondition, status_condition_record),
    ROW_TIME(JobStatus, "startTime", started_ms),
    ROW_UINT32(JobStatus, "active", active),
};
static const Record job_status_record = RECORD(JobStatus, job_status_rows);

static const RecordRow job_rows[] = {
    ROW_OBJECT(Job, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Job, "status", status, JobStatus, job_status_record),
};
const Record job_record = RECORD(Job, job_rows);

const StatusCondition *job_completion(const Job *job) {
    const StatusCondition *complete = object_meta_condition(&job->status.conditions, "Complete");
    return complete && complete->status == CONDITION_TRUE ? complete : NULL;
}

const StatusCondition *job_failure(const Job *job) {
    const StatusCondition *failed = object_meta_condition(&job->status.conditions, "Failed");
    return failed && failed->status == CONDITION_TRUE ? failed : NULL;
}
