#include "stack_spec.h"

#define SECOND ((int64_t)1000)
#define HOUR   (3600 * SECOND)

/* Names. */

static const char *approval_mode_name(unsigned mode) {
    static const char *const names[] = {[APPROVAL_MODE_MANUAL] = "Manual",
                                        [APPROVAL_MODE_AUTO] = "Auto",
                                        [APPROVAL_MODE_SAFE] = "Safe",
                                        [APPROVAL_MODE_MERGE] = "Merge"};
    return names[mode];
}

static const char *drift_mode_name(unsigned mode) {
    static const char *const names[] = {[DRIFT_MODE_REPORT] = "Report",
                                        [DRIFT_MODE_CORRECT] = "Correct",
                                        [DRIFT_MODE_IGNORE] = "Ignore"};
    return names[mode];
}

static const char *deletion_policy_name(unsigned policy) {
    static const char *const names[] = {
        [DELETION_POLICY_ORPHAN] = "Orphan", [DELETION_POLICY_DESTROY] = "Destroy"};
    return names[policy];
}

/* Rows. */

typedef struct StackSourceRef StackSourceRef;
typedef struct StackGit StackGit;
typedef struct StackBackend StackBackend;
typedef struct StackApproval StackApproval;
typedef struct StackValueFrom StackValueFrom;
typedef struct StackOutputRef StackOutputRef;
typedef struct StackEncryption StackEncryption;
typedef struct StackOutputsTo StackOutputsTo;

static const RecordRow key_ref_rows[] = {
    ROW_TEXT(StackKeyRef, "name", name, .flags = ROW_OPTIONAL),
    ROW_TEXT(StackKeyRef, "key", key, .flags = ROW_OPTIONAL),
};
static const Record key_ref_record = RECORD(StackKeyRef, key_ref_rows);

static const RecordRow source_ref_rows[] = {
    ROW_TEXT(StackSourceRef, "kind", kind),
    ROW_TEXT(StackSourceRef, "namespace", namespace),
    ROW_TEXT(StackSourceRef, "name", name),
};
static const Record source_ref_record = RECORD(StackSourceRef, source_ref_rows);

static const RecordRow git_rows[] = {
    ROW_TEXT(StackGit, "url", url),
    ROW_TEXT(StackGit, "commit", commit),
    ROW_OBJECT(StackGit, "secretRef", secret, StackKeyRef, key_ref_record, .flags = ROW_OPTIONAL),
};
static const Record git_record = RECORD(StackGit, git_rows);

static const RecordRow stack_source_rows[] = {
    ROW_OBJECT(StackSource, "ref", ref, StackSourceRef, source_ref_record),
    ROW_OBJECT(StackSource, "git", git, StackGit, git_record),
};
const Record stack_source_record = RECORD(StackSource, stack_source_rows);

static const RecordRow stack_backend_rows[] = {
    ROW_TEXT(StackBackend, "type", type),
    ROW_RAW_OBJECT(StackBackend, "config", config),
    ROW_OBJECT(StackBackend, "secretRef", secret, StackKeyRef, key_ref_record,
               .flags = ROW_OPTIONAL),
};
static const Record stack_backend_record = RECORD(StackBackend, stack_backend_rows);

static const RecordRow output_ref_rows[] = {
    ROW_TEXT(StackOutputRef, "stack", stack),
    ROW_TEXT(StackOutputRef, "name", name),
};
static const Record output_ref_record = RECORD(StackOutputRef, output_ref_rows);

static const RecordRow value_from_rows[] = {
    ROW_OBJECT(StackValueFrom, "secretKeyRef", secret, StackKeyRef, key_ref_record),
    ROW_OBJECT(StackValueFrom, "configMapKeyRef", config_map, StackKeyRef, key_ref_record),
    ROW_OBJECT(StackValueFrom, "output", output, StackOutputRef, output_ref_record),
};
static const Record value_from_record = RECORD(StackValueFrom, value_from_rows);

static const RecordRow stack_variable_rows[] = {
    ROW_TEXT(StackVariable, "name", name),
    ROW(StackVariable, "value", value, Str, record_raw, .flags = ROW_OPTIONAL),
    ROW_OBJECT(StackVariable, "valueFrom", value_from, StackValueFrom, value_from_record),
};
static const Record stack_variable_record = RECORD(StackVariable, stack_variable_rows);

static const RecordRow encryption_rows[] = {
    ROW_OBJECT(StackEncryption, "secretRef", secret, StackKeyRef, key_ref_record),
};
static const Record encryption_record = RECORD(StackEncryption, encryption_rows);

static const RecordRow stack_outputs_to_rows[] = {
    ROW_TEXT(StackOutputsTo, "secretName", secret_name, .flags = ROW_OPTIONAL),
    ROW_TEXTS(StackOutputsTo, "names", names, .flags = ROW_OPTIONAL),
};
static const Record stack_outputs_to_record = RECORD(StackOutputsTo, stack_outputs_to_rows);

static void approval_begin(void *of) {
    *(StackApproval *)of = (StackApproval){APPROVAL_MODE_MANUAL, 1, 24 * HOUR};
}

static const RecordRow stack_approval_rows[] = {
    ROW_NAME(StackApproval, "mode", mode, ApprovalMode, approval_mode_name,
             APPROVAL_MODE_MERGE + 1),
    ROW_UINT32(StackApproval, "required", required),
    ROW_DURATION(StackApproval, "expiresAfter", expires_ms),
};
static const Record stack_approval_record =
    RECORD(StackApproval, stack_approval_rows, .begin = approval_begin);

/* The API server fills in these defaults; objects of an older definition may lack them. */
static void stack_spec_begin(void *of) {
    StackSpec *spec = of;
    approval_begin(&spec->approval);
    spec->path = STR("./");
    spec->interval_ms = spec->timeout_ms = HOUR;
    spec->retry_interval_ms = 30 * SECOND;
    spec->retry_limit = 5;
    spec->history_limit = spec->parallelism = 10;
    spec->service_account = STR("loam-runner");
}

static const RecordRow stack_spec_rows[] = {
    ROW_OBJECT(StackSpec, "source", source, StackSource, stack_source_record),
    ROW_TEXT(StackSpec, "path", path),
    ROW_TEXT(StackSpec, "env", env),
    ROW_TEXT(StackSpec, "workspace", workspace),
    ROW_OBJECT(StackSpec, "backend", backend, StackBackend, stack_backend_record),
    ROW_LIST(StackSpec, "variables", variables, StackVariable, stack_variable_record),
    ROW_LIST(StackSpec, "dependsOn", depends_on, NamespacedName, namespaced_name_record),
    ROW_DURATION(StackSpec, "interval", interval_ms),
    ROW_NAME(StackSpec, "driftMode", drift_mode, DriftMode, drift_mode_name, DRIFT_MODE_IGNORE + 1),
    ROW_DURATION(StackSpec, "retryInterval", retry_interval_ms),
    ROW_UINT32(StackSpec, "retryLimit", retry_limit),
    ROW_DURATION(StackSpec, "timeout", timeout_ms),
    ROW_OBJECT(StackSpec, "approval", approval, StackApproval, stack_approval_record),
    ROW_FLAG(StackSpec, "planOnly", is_plan_only),
    ROW_TEXT(StackSpec, "planFor", plan_for),
    ROW_FLAG(StackSpec, "suspend", is_suspended),
    ROW_NAME(StackSpec, "deletionPolicy", deletion_policy, DeletionPolicy, deletion_policy_name,
             DELETION_POLICY_DESTROY + 1),
    ROW_TEXT(StackSpec, "serviceAccountName", service_account),
    ROW_TEXTS(StackSpec, "lanes", lanes),
    ROW_INT64(StackSpec, "priority", priority),
    ROW_UINT32(StackSpec, "historyLimit", history_limit),
    ROW_UINT32(StackSpec, "parallelism", parallelism),
    ROW_OBJECT(StackSpec, "encryption", encryption, StackEncryption, encryption_record),
    ROW_OBJECT(StackSpec, "outputs", outputs, StackOutputsTo, stack_outputs_to_record),
    ROW_RAW_OBJECT(StackSpec, "runner", runner),
};
static const Record stack_spec_record =
    RECORD(StackSpec, stack_spec_rows, .begin = stack_spec_begin);

/* In place of a spec that is too large; the API server accepts none without a source. */
#define TOO_LARGE "{\"source\":{}}"

bool stack_spec_is_too_large(const StackSpec *spec) {
    return str_equal_cstr(spec->text, TOO_LARGE);
}

static bool stack_spec_read(RecordReader *reading, const RecordRow *, JsonToken token,
                            void *member) {
    StackSpec *spec = member;
    Str text;
    const char *error;
    if (!json_skip(reading->reader, token, &text))
        return false;
    if (text.len > STACK_SPEC_MAX)
        text = STR(TOO_LARGE);
    if (!record_from_json(text, &stack_spec_record, spec, &error, reading->arena))
        return record_reject(reading, error);
    spec->text = text;
    return true;
}

static void stack_spec_write(RecordWriter *writing, const RecordRow *, const void *member) {
    json_raw(writing->writer, ((const StackSpec *)member)->text);
}

const RecordCodec stack_spec_codec = {stack_spec_read, stack_spec_write, NULL,
                                      "a spec was expected"};
