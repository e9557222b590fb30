/* StackSpec: what the owner of a Stack asks for. A Run has a copy, its template. Decisions read
 * these fields; the Job of a Run is made from `text`. */
#pragma once

#include "object_meta.h"

typedef enum ApprovalMode {
    APPROVAL_MODE_MANUAL,
    APPROVAL_MODE_AUTO,
    APPROVAL_MODE_SAFE,  /* plans that destroy and replace nothing need no person */
    APPROVAL_MODE_MERGE, /* the plan of a preview counts */
} ApprovalMode;

typedef enum DriftMode { DRIFT_MODE_REPORT, DRIFT_MODE_CORRECT, DRIFT_MODE_IGNORE } DriftMode;

typedef enum DeletionPolicy { DELETION_POLICY_ORPHAN, DELETION_POLICY_DESTROY } DeletionPolicy;

/* Where the configuration comes from: an artifact of Flux, or a commit. */
typedef struct StackSource {
    struct StackSourceRef {
        Str kind; /* "GitRepository"; empty: git */
        Str namespace;
        Str name;
    } ref;
    struct StackGit {
        Str url;
        Str commit;
    } git;
} StackSource;

/* An output of another Stack that is the value of a variable. */
typedef struct StackVariable {
    Str name;
    struct StackValueFrom {
        struct StackOutputRef {
            Str stack;
            Str name;
        } output;
    } value_from;
} StackVariable;

typedef struct StackSpec {
    StackSource source;
    Str path;
    Str env;
    Str workspace;
    struct StackBackend {
        Str type; /* empty: the configuration has it */
        Str config;
    } backend;
    VEC(StackVariable) variables;
    ObjectRefs depends_on;
    int64_t interval_ms;
    DriftMode drift_mode;
    int64_t retry_interval_ms;
    uint32_t retry_limit;
    int64_t timeout_ms;
    struct StackApproval {
        ApprovalMode mode;
        uint32_t required;
        int64_t expires_ms; /* after the plan */
    } approval;
    bool is_plan_only;
    Str plan_for; /* name of the Stack that a preview plans for */
    bool is_suspended;
    DeletionPolicy deletion_policy;
    Str service_account;
    StrVec lanes;
    int64_t priority;
    uint32_t history_limit;
    Str text; /* the whole JSON object */
} StackSpec;

/* Reads a spec and its text; writes the text. */
extern const RecordCodec stack_spec_codec;
