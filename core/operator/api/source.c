#include "source.h"

typedef struct SourceStatus SourceStatus;
typedef struct SourceArtifact SourceArtifact;

static const RecordRow source_artifact_rows[] = {
    ROW_TEXT(SourceArtifact, "url", url),
    ROW_TEXT(SourceArtifact, "digest", digest),
    ROW_TEXT(SourceArtifact, "revision", revision),
};
static const Record source_artifact_record = RECORD(SourceArtifact, source_artifact_rows);

static const RecordRow source_status_rows[] = {
    ROW_INT64(SourceStatus, "observedGeneration", observed_generation),
    ROW_LIST(SourceStatus, "conditions", conditions, StatusCondition, status_condition_record),
    ROW_OBJECT(SourceStatus, "artifact", artifact, SourceArtifact, source_artifact_record,
               .flags = ROW_NULLABLE),
};
static const Record source_status_record = RECORD(SourceStatus, source_status_rows);

static const RecordRow source_rows[] = {
    ROW_OBJECT(Source, "metadata", meta, ObjectMeta, object_meta_record),
    ROW_OBJECT(Source, "status", status, SourceStatus, source_status_record),
};
const Record source_record = RECORD(Source, source_rows);

Str source_problem(const Source *source, Arena *arena) {
    const StatusCondition *ready = object_meta_condition(&source->status.conditions, "Ready");
    if (source->status.observed_generation < source->meta.generation)
        return STR("its controller has not seen its newest version");
    if (!ready || ready->status != CONDITION_TRUE)
        return ready ? str_format(arena, "it is not ready: %.*s", STR_ARG(ready->message))
                     : STR("it is not ready");
    if (source->status.artifact.digest.len == 0)
        return STR("it has no artifact");
    return STR_EMPTY;
}
