#include "run_order.h"

typedef struct RunOrderBackend RunOrderBackend;
typedef struct RunOrderPlan RunOrderPlan;

static const RecordRow run_order_variable_rows[] = {
    ROW_TEXT(RunOrderVariable, "name", name),
    ROW(RunOrderVariable, "value", value, Str, record_raw, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunOrderVariable, "file", file, .flags = ROW_OPTIONAL),
    ROW_FLAG(RunOrderVariable, "json", is_json, .flags = ROW_OPTIONAL),
    ROW_FLAG(RunOrderVariable, "unknown", is_unknown, .flags = ROW_OPTIONAL),
};
static const Record run_order_variable_record = RECORD(RunOrderVariable, run_order_variable_rows);

static const RecordRow run_order_backend_rows[] = {
    ROW_TEXT(RunOrderBackend, "type", type),
    ROW_RAW_OBJECT(RunOrderBackend, "config", config, .flags = ROW_OPTIONAL),
};
static const Record run_order_backend_record = RECORD(RunOrderBackend, run_order_backend_rows);

static const RecordRow run_order_plan_rows[] = {
    ROW_TEXT(RunOrderPlan, "name", name),
    ROW_TEXT(RunOrderPlan, "digest", digest),
};
static const Record run_order_plan_record = RECORD(RunOrderPlan, run_order_plan_rows);

static const RecordRow run_order_rows[] = {
    ROW_UINT32(RunOrder, "v", version),
    ROW_TEXT(RunOrder, "phase", phase),
    ROW_NAME(RunOrder, "type", type, RunType, run_type_name, RUN_DESTROY + 1),
    ROW_OBJECT(RunOrder, "stack", stack, NamespacedName, namespaced_name_record),
    ROW_TEXT(RunOrder, "stackUID", stack_uid),
    ROW_OBJECT(RunOrder, "run", run, ObjectIdentity, object_identity_record),
    ROW_TEXT(RunOrder, "revision", revision, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunOrder, "artifact", artifact, Artifact, artifact_record, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunOrder, "source", source, StackSource, stack_source_record, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunOrder, "path", path),
    ROW_TEXT(RunOrder, "env", env, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunOrder, "workspace", workspace, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunOrder, "backend", backend, RunOrderBackend, run_order_backend_record,
               .flags = ROW_OPTIONAL),
    ROW_LIST(RunOrder, "variables", variables, RunOrderVariable, run_order_variable_record,
             .flags = ROW_OPTIONAL),
    ROW_TEXT(RunOrder, "planFor", plan_for, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunOrder, "plan", plan, RunOrderPlan, run_order_plan_record, .flags = ROW_OPTIONAL),
    ROW_UINT32(RunOrder, "parallelism", parallelism, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunOrder, "outputsSecret", outputs_secret, .flags = ROW_OPTIONAL),
    ROW_TEXTS(RunOrder, "outputNames", output_names, .flags = ROW_OPTIONAL),
};
const Record run_order_record = RECORD(RunOrder, run_order_rows);
