#include "object_meta.h"

#include "clock.h"
#include "timestamp.h"

/* Times. */

static bool object_time_read(RecordReader *reading, const RecordRow *, JsonToken token,
                             void *member) {
    Timestamp time;
    Str error;
    if (token == JSON_NULL)
        return true;
    if (token != JSON_STRING ||
        !timestamp_parse(reading->reader->text, &time, &error, reading->arena))
        return false;
    *(int64_t *)member = time.seconds * 1000;
    return true;
}

static void object_time_write(RecordWriter *writing, const RecordRow *, const void *member) {
    int64_t time_ms = *(const int64_t *)member;
    if (time_ms == 0)
        json_write_null(writing->writer);
    else
        json_write_string(writing->writer, clock_format_rfc3339(time_ms, writing->scratch));
}

static bool object_time_is_absent(const void *member) {
    return *(const int64_t *)member == 0;
}

const RecordCodec object_time = {object_time_read, object_time_write, object_time_is_absent,
                                 "a time is invalid"};

static bool object_duration_read(RecordReader *reading, const RecordRow *, JsonToken token,
                                 void *member) {
    return token == JSON_STRING && clock_parse_duration(reading->reader->text, member);
}

static void object_duration_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_write_string(writing->writer,
                      str_format(writing->scratch, "%lldms", (long long)*(const int64_t *)member));
}

const RecordCodec object_duration = {object_duration_read, object_duration_write,
                                     object_time_is_absent, "a duration is invalid"};

/* Metadata. */

typedef struct ObjectAnnotations ObjectAnnotations;
typedef struct ObjectLabels ObjectLabels;

static const RecordRow annotation_rows[] = {
    ROW_TEXT(ObjectAnnotations, "reconcile.fluxcd.io/requestedAt", requested_at,
             .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectAnnotations, "infra.loam.internal/requested-by", requested_by,
             .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectAnnotations, "infra.loam.internal/drift-events", drift_events,
             .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectAnnotations, "infra.loam.internal/accept-state", accept_state,
             .flags = ROW_OPTIONAL),
};
static const Record annotations_record = RECORD(ObjectAnnotations, annotation_rows);

static const RecordRow label_rows[] = {
    ROW_TEXT(ObjectLabels, "infra.loam.internal/stack", stack, .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectLabels, "infra.loam.internal/run", run, .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectLabels, "infra.loam.internal/phase", phase, .flags = ROW_OPTIONAL),
};
static const Record labels_record = RECORD(ObjectLabels, label_rows);

static const RecordRow owner_rows[] = {
    ROW_TEXT(OwnerReference, "uid", uid),
    ROW_FLAG(OwnerReference, "controller", is_controller, .flags = ROW_OPTIONAL),
};
static const Record owner_record = RECORD(OwnerReference, owner_rows);

static const RecordRow meta_rows[] = {
    ROW_TEXT(ObjectMeta, "namespace", namespace, .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectMeta, "name", name),
    ROW_TEXT(ObjectMeta, "uid", uid, .flags = ROW_OPTIONAL),
    ROW_TEXT(ObjectMeta, "resourceVersion", resource_version, .flags = ROW_OPTIONAL),
    ROW_INT64(ObjectMeta, "generation", generation, .flags = ROW_OPTIONAL),
    ROW_TIME(ObjectMeta, "creationTimestamp", created_ms, .flags = ROW_OPTIONAL),
    ROW_TIME(ObjectMeta, "deletionTimestamp", deleted_ms, .flags = ROW_OPTIONAL),
    ROW_TEXTS(ObjectMeta, "finalizers", finalizers, .flags = ROW_OPTIONAL),
    ROW_OBJECT(ObjectMeta, "annotations", annotations, ObjectAnnotations, annotations_record,
               .flags = ROW_OPTIONAL | ROW_NULLABLE),
    ROW_OBJECT(ObjectMeta, "labels", labels, ObjectLabels, labels_record,
               .flags = ROW_OPTIONAL | ROW_NULLABLE),
    ROW_LIST(ObjectMeta, "ownerReferences", owners, OwnerReference, owner_record,
             .flags = ROW_OPTIONAL | ROW_NULLABLE),
};
const Record object_meta_record = RECORD(ObjectMeta, meta_rows);

static const RecordRow any_rows[] = {
    ROW_OBJECT(AnyObject, "metadata", meta, ObjectMeta, object_meta_record),
};
const Record any_object_record = RECORD(AnyObject, any_rows);

bool object_meta_is_of(const ObjectMeta *meta, Str owner_uid) {
    vec_each(&meta->owners, owner) {
        if (owner->is_controller)
            return str_equal(owner->uid, owner_uid);
    }
    return false;
}

static const RecordRow ref_rows[] = {
    ROW_TEXT(NamespacedName, "namespace", namespace, .flags = ROW_OPTIONAL),
    ROW_TEXT(NamespacedName, "name", name),
};
const Record namespaced_name_record = RECORD(NamespacedName, ref_rows);

static const RecordRow identity_rows[] = {
    ROW_TEXT(ObjectIdentity, "name", name),
    ROW_TEXT(ObjectIdentity, "uid", uid),
};
const Record object_identity_record = RECORD(ObjectIdentity, identity_rows);

/* Conditions. */

static const char *condition_status_name(unsigned status) {
    static const char *const names[] = {
        [CONDITION_UNKNOWN] = "Unknown", [CONDITION_TRUE] = "True", [CONDITION_FALSE] = "False"};
    return names[status];
}

static const RecordRow condition_rows[] = {
    ROW_TEXT(StatusCondition, "type", type),
    ROW_NAME(StatusCondition, "status", status, ConditionStatus, condition_status_name,
             CONDITION_FALSE + 1),
    ROW_TEXT(StatusCondition, "reason", reason),
    ROW_TEXT(StatusCondition, "message", message),
    ROW_TIME(StatusCondition, "lastTransitionTime", since_ms),
    ROW_INT64(StatusCondition, "observedGeneration", generation, .flags = ROW_OPTIONAL),
};
const Record status_condition_record = RECORD(StatusCondition, condition_rows);

StatusConditions object_meta_copy_conditions(const StatusConditions *conditions, Arena *arena) {
    StatusConditions copy = {0};
    vec_each(conditions, condition)
        vec_push(arena, &copy, *condition);
    return copy;
}

const StatusCondition *object_meta_condition(const StatusConditions *conditions, const char *type) {
    vec_each(conditions, condition) {
        if (str_equal_cstr(condition->type, type))
            return condition;
    }
    return NULL;
}

void object_meta_set_condition(StatusConditions *conditions, StatusCondition condition,
                               Arena *arena) {
    vec_each(conditions, old) {
        if (str_equal(old->type, condition.type)) {
            if (old->status == condition.status)
                condition.since_ms = old->since_ms;
            *old = condition;
            return;
        }
    }
    vec_push(arena, conditions, condition);
}

void object_meta_drop_condition(StatusConditions *conditions, Str type) {
    size_t kept = 0;
    for (size_t i = 0; i < conditions->count; i++) {
        if (!str_equal(conditions->items[i].type, type))
            conditions->items[kept++] = conditions->items[i];
    }
    conditions->count = kept;
}
