#include "run_result.h"

#include "utf8.h"

#define VERSION 1

typedef struct RunResultPlan RunResultPlan;

static const RecordRow run_result_plan_rows[] = {
    ROW_TEXT(RunResultPlan, "digest", digest),
    ROW_TEXT(RunResultPlan, "code", code),
    ROW_FLAG(RunResultPlan, "applicable", is_applicable),
};
static const Record run_result_plan_record = RECORD(RunResultPlan, run_result_plan_rows);

static const RecordRow error_rows[] = {
    ROW_TEXT(RunError, "summary", summary),
    ROW_TEXT(RunError, "address", address, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunError, "place", place, .flags = ROW_OPTIONAL),
};
static const Record error_record = RECORD(RunError, error_rows);

static const RecordRow run_result_rows[] = {
    ROW_UINT32(RunResult, "v", version),
    ROW_OBJECT(RunResult, "plan", plan, RunResultPlan, run_result_plan_record,
               .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunResult, "changes", changes, ChangeCounts, change_counts_record,
               .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunResult, "state", state, StateVersion, state_version_record,
               .flags = ROW_OPTIONAL),
    ROW_TEXT(RunResult, "outputs", outputs, .flags = ROW_OPTIONAL),
    ROW_TEXTS(RunResult, "outputNames", output_names, .flags = ROW_OPTIONAL),
    ROW_TEXTS(RunResult, "kinds", kinds, .flags = ROW_OPTIONAL),
    ROW_OBJECT(RunResult, "drift", drift, RunDrift, run_drift_record, .flags = ROW_OPTIONAL),
    ROW_LIST(RunResult, "errors", errors, RunError, error_record, .flags = ROW_OPTIONAL),
    ROW_TEXT(RunResult, "summary", summary, .flags = ROW_OPTIONAL),
};
const Record run_result_record = RECORD(RunResult, run_result_rows);

static bool is_digest(Str text) {
    static const Str prefix = STR_CONST("sha256:");
    Str hex = str_after(text, prefix.len);
    if (!str_starts_with(text, prefix) || hex.len != 64)
        return false;
    for (size_t i = 0; i < hex.len; i++) {
        if (!(hex.ptr[i] >= '0' && hex.ptr[i] <= '9') && !(hex.ptr[i] >= 'a' && hex.ptr[i] <= 'f'))
            return false;
    }
    return true;
}

static bool is_digest_or_empty(Str text) {
    return text.len == 0 || is_digest(text);
}

/* Numbers that a status cannot hold would block every further status of the Run. */
static bool is_number(uint64_t number) {
    return number <= INT64_MAX;
}

static void clean_texts(StrVec *texts, Arena *arena) {
    vec_each(texts, text)
        *text = utf8_one_line(*text, arena);
}

bool run_result_read(Str text, RunResult *out, Arena *arena) {
    RunResult result = {0};
    const char *error;
    if (text.len > RUN_RESULT_MAX ||
        !record_from_json(text, &run_result_record, &result, &error, arena) ||
        result.version != VERSION || !is_digest_or_empty(result.plan.digest) ||
        !is_digest_or_empty(result.plan.code) || !is_digest_or_empty(result.outputs) ||
        !is_digest_or_empty(result.drift.digest) || !is_number(result.state.serial))
        return false;
    clean_texts(&result.output_names, arena);
    clean_texts(&result.kinds, arena);
    clean_texts(&result.drift.addresses, arena);
    vec_each(&result.errors, each) {
        each->summary = utf8_one_line(each->summary, arena);
        each->address = utf8_one_line(each->address, arena);
        each->place = utf8_one_line(each->place, arena);
    }
    result.state.lineage = utf8_one_line(result.state.lineage, arena);
    result.summary = utf8_strip_controls(result.summary, arena);
    *out = result;
    return true;
}
