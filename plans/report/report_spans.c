/* report_spans: the parts of a run as a trace, in the JSON of OTLP: the body of a request to
 * /v1/traces. Names and addresses are in it, values and messages are not. */
#include "hex.h"
#include "json_writer.h"
#include "random.h"
#include "report.h"
#include "url.h"

#define TRACE_SIZE  32 /* hexadecimal digits */
#define SPAN_SIZE   16
#define PARENT_SIZE 55 /* "00-TRACE-SPAN-01" */
#define FAILED      2  /* a status */
#define INTERNAL    1  /* a kind of span */

typedef struct Trace {
    const ReportInput *input;
    const TimelineSpans *spans;
    JsonWriter writer;
    Str trace;
    Str parent;  /* of the command; empty: none */
    Str *ids;    /* of the spans; the last one is that of the command */
    Map changes; /* address → ResourceChange */
    Arena *scratch;
} Trace;

static Str random_id(size_t size, Arena *arena) {
    char bytes[TRACE_SIZE / 2];
    random_fill(bytes, size / 2);
    return hex_encode((Str){bytes, size / 2}, arena);
}

static bool is_id(Str text) {
    bool is_zero = true;
    for (size_t i = 0; i < text.len; i++) {
        if (!isdigit((unsigned char)text.ptr[i]) && (text.ptr[i] < 'a' || text.ptr[i] > 'f'))
            return false;
        is_zero &= text.ptr[i] == '0';
    }
    return !is_zero;
}

/* Reads the header of W3C Trace Context. Any other text is ignored, as that document demands. */
static void spans_read_parent(Trace *trace) {
    Str text = trace->input->parent;
    Str of = str_slice(text, 3, 3 + TRACE_SIZE);
    Str span = str_slice(text, 4 + TRACE_SIZE, 4 + TRACE_SIZE + SPAN_SIZE);
    trace->trace = random_id(TRACE_SIZE, trace->scratch);
    if (text.len != PARENT_SIZE || !str_starts_with(text, STR("00-")) || !is_id(of) ||
        !is_id(span) || text.ptr[3 + TRACE_SIZE] != '-')
        return;
    trace->trace = of;
    trace->parent = span;
}

static void spans_add_attribute(Trace *trace, const char *key, Str text) {
    JsonWriter *writer = &trace->writer;
    if (text.len == 0)
        return;
    json_object_start(writer);
    json_key_string(writer, "key", str_from_cstr(key));
    json_key_object(writer, "value");
    json_key_string(writer, "stringValue", text);
    json_object_end(writer);
    json_object_end(writer);
}

static void add_number(Trace *trace, const char *key, uint64_t number) {
    JsonWriter *writer = &trace->writer;
    json_object_start(writer);
    json_key_string(writer, "key", str_from_cstr(key));
    json_key_object(writer, "value");
    json_key_string(writer, "intValue",
                    str_format(trace->scratch, "%llu", (unsigned long long)number));
    json_object_end(writer);
    json_object_end(writer);
}

static void add_time(Trace *trace, const char *key, int64_t ms) {
    int64_t unix_ms = trace->spans->began_ms + ms;
    json_key_string(&trace->writer, key,
                    str_format(trace->scratch, "%lld000000", (long long)unix_ms));
}

/* Opens the span and its list of attributes. */
static void begin_one(Trace *trace, size_t at, Str name, Str parent) {
    JsonWriter *writer = &trace->writer;
    json_object_start(writer);
    json_key_string(writer, "traceId", trace->trace);
    json_key_string(writer, "spanId", trace->ids[at]);
    if (parent.len > 0)
        json_key_string(writer, "parentSpanId", parent);
    if (trace->input->trace_state.len > 0)
        json_key_string(writer, "traceState", trace->input->trace_state);
    json_key_string(writer, "name", name);
    json_key_int(writer, "kind", INTERNAL);
}

static void end_one(Trace *trace, bool failed) {
    JsonWriter *writer = &trace->writer;
    if (failed)
        spans_add_attribute(trace, "error.type", STR("_OTHER"));
    json_array_end(writer);
    if (failed) {
        json_key_object(writer, "status");
        json_key_int(writer, "code", FAILED);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static void write_span(Trace *trace, size_t at) {
    const TimelineSpans *spans = trace->spans;
    const TimelineSpan *span = &spans->items.items[at];
    size_t parent = span->parent == TIMELINE_NONE ? spans->items.count : span->parent;
    begin_one(trace, at, span->name, trace->ids[parent]);
    add_time(trace, "startTimeUnixNano", span->start_ms);
    add_time(trace, "endTimeUnixNano", span->end_ms);
    json_key_array(&trace->writer, "attributes");
    const ResourceChange *change = map_find(&trace->changes, span->address);
    spans_add_attribute(trace, "loam.address", span->address);
    if (change) {
        spans_add_attribute(trace, "loam.action", str_from_cstr(action_name(change->action)));
        spans_add_attribute(trace, "loam.provider", change->provider_config.provider);
    }
    end_one(trace, span->failed);
}

static void write_command(Trace *trace) {
    const ReportInput *input = trace->input;
    Str name = str_concat(STR("loam "), input->title, trace->scratch);
    begin_one(trace, trace->spans->items.count, name, trace->parent);
    add_time(trace, "startTimeUnixNano", 0);
    add_time(trace, "endTimeUnixNano", trace->spans->length_ms);
    json_key_array(&trace->writer, "attributes");
    if (input->plan) {
        spans_add_attribute(trace, "loam.workspace", input->plan->workspace);
        add_number(trace, "loam.serial", input->plan->serial);
    }
    end_one(trace, input->diags && diags_has_errors(input->diags));
}

/* OTEL_RESOURCE_ATTRIBUTES: "key=value,key=value", with percent-encoded values. */
static void write_resource(Trace *trace) {
    Str list = trace->input->resource, pair, service = trace->input->service;
    json_key_object(&trace->writer, "resource");
    json_key_array(&trace->writer, "attributes");
    while (str_next_field(&list, ',', &pair)) {
        size_t equals = str_find_char(pair, '=', 0);
        Str key = str_trim(str_slice(pair, 0, equals)), value;
        if (equals == SIZE_MAX || key.len == 0 ||
            !url_decode(str_trim(str_after(pair, equals + 1)), &value, trace->scratch))
            continue;
        if (!str_equal(key, STR("service.name")))
            spans_add_attribute(trace, str_to_cstr(key, trace->scratch), value);
        else if (service.len == 0)
            service = value;
    }
    spans_add_attribute(trace, "service.name", service.len > 0 ? service : STR("loam"));
    json_array_end(&trace->writer);
    json_object_end(&trace->writer);
}

static void spans_prepare(Trace *trace) {
    size_t count = trace->spans->items.count + 1;
    trace->ids = arena_new_array(trace->scratch, Str, count);
    for (size_t i = 0; i < count; i++)
        trace->ids[i] = random_id(SPAN_SIZE, trace->scratch);
    spans_read_parent(trace);
    for (size_t i = 0; trace->input->plan && i < trace->input->plan->changes.count; i++) {
        ResourceChange *change = &trace->input->plan->changes.items[i];
        if (change->deposed.len == 0)
            map_set(&trace->changes, resource_addr_to_str(change->address, trace->scratch), change);
    }
}

static void report_spans_write(const ReportInput *input, StrBuf *out, Arena *scratch) {
    static const TimelineSpans none = {0};
    Trace trace = {.input = input, .changes = map_new(scratch), .scratch = scratch};
    JsonWriter *writer = &trace.writer;
    trace.spans = input->spans ? input->spans : &none;
    json_writer_init(writer, out, 0);
    spans_prepare(&trace);
    json_object_start(writer);
    json_key_array(writer, "resourceSpans");
    json_object_start(writer);
    write_resource(&trace);
    json_key_array(writer, "scopeSpans");
    json_object_start(writer);
    json_key_object(writer, "scope");
    json_key_string(writer, "name", STR("loam"));
    json_key_string(writer, "version", input->version);
    json_object_end(writer);
    json_key_array(writer, "spans");
    write_command(&trace);
    for (size_t i = 0; i < trace.spans->items.count; i++)
        write_span(&trace, i);
    json_array_end(writer);
    json_object_end(writer);
    json_array_end(writer);
    json_object_end(writer);
    json_array_end(writer);
    json_object_end(writer);
    strbuf_add_char(out, '\n');
}

const ReportKind report_spans = {
    .name = "spans",
    .help = "A trace in the JSON of OTLP: the parts of the run, and the calls of providers.",
    .of_spans = true,
    .write = report_spans_write,
};
