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

/* A key of a Secret or ConfigMap. */
typedef struct StackKeyRef {
    Str name; /* empty: none */
    Str key;  /* empty: all of them, or the default */
} StackKeyRef;

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
        StackKeyRef secret;
    } git;
} StackSource;

extern const Record stack_source_record;

/* A variable of the configuration: a value, or the place that has it. */
typedef struct StackVariable {
    Str name;
    Str value; /* JSON; empty: value_from */
    struct StackValueFrom {
        StackKeyRef secret;
        StackKeyRef config_map;
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
        Str type;           /* empty: the configuration has it */
        Str config;         /* JSON object */
        StackKeyRef secret; /* its keys become environment variables */
    } backend;
    VEC(StackVariable) variables;
    NamespacedNames depends_on;
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
    uint32_t parallelism;
    struct StackEncryption {
        StackKeyRef secret; /* empty: the operator makes one */
    } encryption;
    struct StackOutputsTo {
        Str secret_name; /* empty: loam-outputs-STACK */
        StrVec names;    /* empty: all */
    } outputs;
    Str runner; /* JSON object, fields of a PodSpec and its container */
    Str text;   /* the whole JSON object */
} StackSpec;

/* A larger spec fits neither the annotation of a pod nor, with many others, the memory of the
 * operator. */
#define STACK_SPEC_MAX ((size_t)128 << 10)

/* Returns whether the spec had more than STACK_SPEC_MAX bytes; nothing of it was kept. */
bool stack_spec_is_too_large(const StackSpec *spec);

/* Reads a spec and its text; writes the text. */
extern const RecordCodec stack_spec_codec;
