/* report_spans: the parts of a run as a trace, in the JSON of OTLP: the body of a request to
 * /v1/traces. Names and addresses are in it, values and messages are not. */
#include "otlp_body.h"
#include "report.h"

typedef struct Trace {
    const ReportInput *input;
    const TimelineSpans *spans;
    OtlpBody body;
    Str parent;  /* of the command; empty: none */
    Str *ids;    /* of the spans; the last one is that of the command */
    Map changes; /* address → ResourceChange */
} Trace;

static int64_t span_time(const Trace *trace, int64_t ms) {
    return trace->spans->began_ms + ms;
}

static void write_span(Trace *trace, size_t at) {
    const TimelineSpans *spans = trace->spans;
    const TimelineSpan *span = &spans->items.items[at];
    const ResourceChange *change = map_find(&trace->changes, span->address);
    size_t parent = span->parent == TIMELINE_NONE ? spans->items.count : span->parent;
    otlp_body_begin_span(&trace->body, &(OtlpSpan){span->name, trace->ids[at], trace->ids[parent],
                                                   span_time(trace, span->start_ms),
                                                   span_time(trace, span->end_ms)});
    otlp_body_add_text(&trace->body, "loam.address", span->address);
    if (change) {
        otlp_body_add_text(&trace->body, "loam.action", str_from_cstr(action_name(change->action)));
        otlp_body_add_text(&trace->body, "loam.provider", change->provider_config.provider);
    }
    otlp_body_end_span(&trace->body, span->failed);
}

static void write_command(Trace *trace) {
    const ReportInput *input = trace->input;
    Str name = str_concat(STR("loam "), input->title, trace->body.scratch);
    otlp_body_begin_span(&trace->body, &(OtlpSpan){name, trace->ids[trace->spans->items.count],
                                                   trace->parent, span_time(trace, 0),
                                                   span_time(trace, trace->spans->length_ms)});
    if (input->plan) {
        otlp_body_add_text(&trace->body, "loam.workspace", input->plan->workspace);
        otlp_body_add_number(&trace->body, "loam.serial", input->plan->serial);
    }
    otlp_body_end_span(&trace->body, input->diags && diags_has_errors(input->diags));
}

static void spans_prepare(Trace *trace) {
    Arena *scratch = trace->body.scratch;
    size_t count = trace->spans->items.count + 1;
    trace->ids = arena_new_array(scratch, Str, count);
    for (size_t i = 0; i < count; i++)
        trace->ids[i] = otlp_body_random_id(OTLP_SPAN_SIZE, scratch);
    /* A text that is no header is ignored, as W3C Trace Context demands. */
    if (!otlp_body_read_parent(trace->input->parent, &trace->body.trace, &trace->parent))
        trace->body.trace = otlp_body_random_id(OTLP_TRACE_SIZE, scratch);
    for (size_t i = 0; trace->input->plan && i < trace->input->plan->changes.count; i++) {
        ResourceChange *change = &trace->input->plan->changes.items[i];
        if (change->deposed.len == 0)
            map_set(&trace->changes, resource_addr_to_str(change->address, scratch), change);
    }
}

static void report_spans_write(const ReportInput *input, StrBuf *out, Arena *scratch) {
    static const TimelineSpans none = {0};
    OtlpResource resource = {input->service, input->resource, input->version};
    Trace trace = {.input = input, .changes = map_new(scratch)};
    trace.body = (OtlpBody){.state = input->trace_state, .scratch = scratch};
    trace.spans = input->spans ? input->spans : &none;
    spans_prepare(&trace);
    otlp_body_begin(&trace.body, &resource, out);
    write_command(&trace);
    for (size_t i = 0; i < trace.spans->items.count; i++)
        write_span(&trace, i);
    otlp_body_end(&trace.body);
    strbuf_add_char(out, '\n');
}

const ReportKind report_spans = {
    .name = "spans",
    .help = "A trace in the JSON of OTLP: the parts of the run, and the calls of providers.",
    .of_spans = true,
    .write = report_spans_write,
};
