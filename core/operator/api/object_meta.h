/* ObjectMeta: the metadata of an object that decisions read, and parts that the kinds share: times,
 * durations, references and conditions.
 *
 * All texts are views of the decoded document, or lie in its arena. Times are Unix milliseconds; 0
 * is "never", null in JSON. */
#pragma once

#include "record.h"

typedef struct OwnerReference {
    Str uid;
    bool is_controller;
} OwnerReference;
typedef VEC(OwnerReference) OwnerReferences;

typedef struct ObjectMeta {
    Str namespace;
    Str name;
    Str uid;
    Str resource_version;
    int64_t generation;
    int64_t created_ms;
    int64_t deleted_ms; /* when the deletion was requested */
    StrVec finalizers;
    struct ObjectAnnotations {
        Str requested_at; /* reconcile.fluxcd.io/requestedAt */
        Str requested_by; /* who wrote it */
        Str accept_state; /* the serial of an older state that a person accepts */
        Str drift_events; /* "kubernetes": changes of its objects by others are followed */
    } annotations;
    struct ObjectLabels {
        Str stack;
        Str run;
        Str phase; /* "plan" or "apply" */
    } labels;
    OwnerReferences owners;
} ObjectMeta;

extern const Record object_meta_record;

/* The metadata of an object of any kind. */
typedef struct AnyObject {
    ObjectMeta meta;
} AnyObject;

extern const Record any_object_record;

/* Returns whether the object with this UID made the other one and controls it. Labels prove
 * nothing: who may create an object can give it any. */
bool object_meta_is_of(const ObjectMeta *meta, Str owner_uid);

/* {namespace, name}; an empty namespace is that of the object that refers. */
typedef struct NamespacedName {
    Str namespace;
    Str name;
} NamespacedName;
typedef VEC(NamespacedName) NamespacedNames;

extern const Record namespaced_name_record;

/* {name, uid} */
typedef struct ObjectIdentity {
    Str name;
    Str uid;
} ObjectIdentity;

extern const Record object_identity_record;

typedef enum ConditionStatus { CONDITION_UNKNOWN, CONDITION_TRUE, CONDITION_FALSE } ConditionStatus;

typedef struct StatusCondition {
    Str type;
    ConditionStatus status;
    Str reason;
    Str message;
    int64_t since_ms;
    int64_t generation;
} StatusCondition;
typedef VEC(StatusCondition) StatusConditions;

extern const Record status_condition_record;

/* Returns a copy that may be changed; the texts are shared. */
StatusConditions object_meta_copy_conditions(const StatusConditions *conditions, Arena *arena);
/* Returns the condition of this type, or NULL. */
const StatusCondition *object_meta_condition(const StatusConditions *conditions, const char *type);
/* Sets the condition of its type. Its time stays if the status does. */
void object_meta_set_condition(StatusConditions *conditions, StatusCondition condition,
                               Arena *arena);
/* Removes the condition of this type. */
void object_meta_drop_condition(StatusConditions *conditions, Str type);

/* An RFC 3339 time; a fraction is cut. */
extern const RecordCodec object_time;
/* A duration in the syntax of Go, in milliseconds. */
extern const RecordCodec object_duration;
#define ROW_TIME(T, name, member, ...) ROW(T, name, member, int64_t, object_time, __VA_ARGS__)
#define ROW_DURATION(T, name, member, ...)                                                         \
    ROW(T, name, member, int64_t, object_duration, __VA_ARGS__)
