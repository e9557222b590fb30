#include "act_trace.h"

#include "json.h"
#include "run_trace.h"
#include "version.h"

typedef struct TraceCase {
    OtlpBody body;
    const ObjectMeta *run;
    const RunStatus *status;
} TraceCase;

/* Returns the reason as the class of the error; NULL for news. */
static const char *error_type_of(Reason reason) {
    bool is_error = reason_row(reason)->ready != CONDITION_TRUE && reason != REASON_SUPERSEDED;
    return is_error ? reason_name(reason) : NULL;
}

/* A part of the Run, if it has begun; one that did not end lasted until the Run did. */
static void add_part(TraceCase *the, const char *name, int64_t start_ms, int64_t end_ms) {
    Arena *arena = the->body.scratch;
    const char *error_type = end_ms == 0 ? error_type_of(the->status->reason) : NULL;
    if (start_ms == 0)
        return;
    otlp_body_begin_span(
        &the->body, &(OtlpSpan){str_from_cstr(name), run_trace_span(the->run->uid, name, arena),
                                run_trace_span(the->run->uid, "run", arena), start_ms,
                                end_ms ? end_ms : the->status->finished_ms});
    otlp_body_end_span(&the->body, error_type);
}

static void add_run(TraceCase *the) {
    Arena *arena = the->body.scratch;
    otlp_body_begin_span(&the->body,
                         &(OtlpSpan){STR("run"), run_trace_span(the->run->uid, "run", arena),
                                     STR_EMPTY, the->run->created_ms, the->status->finished_ms});
    otlp_body_add_text(&the->body, "k8s.namespace.name", the->run->namespace);
    otlp_body_add_text(&the->body, "loam.stack", the->run->labels.stack);
    otlp_body_add_text(&the->body, "loam.run", the->run->name);
    otlp_body_add_text(&the->body, "loam.result", str_from_cstr(reason_name(the->status->reason)));
    otlp_body_end_span(&the->body, error_type_of(the->status->reason));
}

Str act_trace_of(const DecisionStep *step, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    const RunStatus *status = step->run_status;
    OtlpResource resource = {.service = STR("loam-operator"), .version = STR(VERSION_LOAM)};
    if (step->kind != STEP_RUN_STATUS || status->finished_ms == 0)
        return STR_EMPTY;
    ApprovalMode mode = ((const Run *)step->object)->spec.template.approval.mode;
    TraceCase the = {.run = step->object, .status = status};
    the.body = (OtlpBody){.trace = run_trace_id(step->object->uid, arena), .scratch = arena};
    otlp_body_begin(&the.body, &resource, &out);
    add_run(&the);
    if (status->started_ms != 0)
        add_part(&the, "queue", status->queued_ms, status->started_ms);
    add_part(&the, "plan", status->started_ms, status->planned_ms);
    if (status->planned_ms != 0 && mode != APPROVAL_MODE_AUTO &&
        status->planned_ms < status->finished_ms)
        add_part(&the, "approval", status->planned_ms,
                 status->approved_ms ? status->approved_ms : status->finished_ms);
    add_part(&the, "apply", status->approved_ms, 0);
    otlp_body_end(&the.body);
    return strbuf_str(&out);
}

Str act_trace_environment(const Io *io, Arena *arena) {
    static const char *const names[] = {"OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT",
                                        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"};
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Str value = process_variable(io->process, names[i]);
        if (value.len > 0)
            strbuf_add_format(&out, "{\"name\":\"%s\",\"value\":%.*s},", names[i],
                              STR_ARG(json_text(value_string(value, arena), arena)));
    }
    return strbuf_str(&out);
}
