/* operator_case: objects from JSON, and decisions as text. */
#pragma once

#include "arena_case.h"
#include "decision.h"

/* 2026-01-02T03:04:05Z */
#define NOW    ((int64_t)1767323045000)
#define MINUTE ((int64_t)60000)

/* Decodes an object; the text may be formatted. */
static inline void object_of(const Record *record, void *out, const char *format, ...) {
    const char *error = NULL;
    va_list args;
    Str text;
    va_start(args, format);
    text = str_vformat(arena, format, args);
    va_end(args);
    if (!record_from_json(text, record, out, &error, arena)) {
        print_error("%.*s\n%s\n", STR_ARG(text), error ? error : "?");
        fail();
    }
}

static inline Str time_text(int64_t time_ms) {
    Str text = STR_EMPTY;
    StrBuf buf = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &buf, 0);
    object_time.write(&(RecordWriter){&writer, arena}, NULL, &time_ms);
    text = strbuf_str(&buf);
    return text;
}

/* "Ready=False SourceNotReady reconciling" */
static inline void add_conditions(StrBuf *out, const StatusConditions *conditions) {
    static const char *const status[] = {"Unknown", "True", "False"};
    const StatusCondition *ready = object_meta_condition(conditions, "Ready");
    static const char *const others[] = {"Reconciling", "Stalled", "Drifted", "Complete", "Failed"};
    if (ready)
        strbuf_add_format(out, " Ready=%s %.*s", status[ready->status], STR_ARG(ready->reason));
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        if (object_meta_condition(conditions, others[i]))
            strbuf_add_format(out, " %s", others[i]);
    }
}

static inline void add_step_text(StrBuf *out, const DecisionStep *step) {
    static const char *const causes[] = {"Spec",     "Source",  "Dependency", "Drift",
                                         "Interval", "Request", "Retry",      "Delete"};
    if (out->len > 0)
        strbuf_add_cstr(out, "; ");
    switch (step->kind) {
    case STEP_ADD_FINALIZER: strbuf_add_cstr(out, "finalizer"); break;
    case STEP_REMOVE_FINALIZER: strbuf_add_cstr(out, "release"); break;
    case STEP_STACK_STATUS:
        strbuf_add_cstr(out, "stack");
        add_conditions(out, &step->stack_status->conditions);
        if (step->stack_status->retries > 0)
            strbuf_add_format(out, " retries=%u", step->stack_status->retries);
        break;
    case STEP_RUN_STATUS:
        strbuf_add_cstr(out, "run");
        add_conditions(out, &step->run_status->conditions);
        break;
    case STEP_LANE_STATUS:
        strbuf_add_format(out, "lane %.*s:%zu", STR_ARG(step->object->name),
                          step->lane_status->holders.count);
        break;
    case STEP_CREATE_KEY: strbuf_add_cstr(out, "key"); break;
    case STEP_CREATE_RUN:
        strbuf_add_format(out, "create %s %s", run_type_name(step->run->spec.type),
                          causes[step->run->spec.cause]);
        break;
    case STEP_DELETE_RUN:
        strbuf_add_format(out, "delete run %.*s", STR_ARG(step->object->name));
        break;
    case STEP_CREATE_PLAN_JOB: strbuf_add_cstr(out, "create plan job"); break;
    case STEP_CREATE_APPLY_JOB: strbuf_add_cstr(out, "create apply job"); break;
    case STEP_DELETE_JOB: strbuf_add_format(out, "delete job %.*s", STR_ARG(step->job.name)); break;
    case STEP_RELEASE_POD:
        strbuf_add_format(out, "release pod %.*s", STR_ARG(step->object->name));
        break;
    case STEP_EVENT: strbuf_add_format(out, "event %s", step->event.reason); break;
    case STEP_WAKE:
        strbuf_add_format(out, "wake +%lld", (long long)(step->wake_ms - NOW) / 1000);
        break;
    }
}

static inline Str decision_text(const Decision *decision) {
    StrBuf out = strbuf_new(arena);
    vec_each(&decision->steps, step)
        add_step_text(&out, step);
    return strbuf_str(&out);
}
