/* report_spans: the parts of a run as a trace, in the JSON of OTLP: the body of a request to
 * /v1/traces. Names and addresses are in it, values and messages are not. */
#include "report.h"

static void report_spans_write(const ReportInput *input, StrBuf *out, Arena *scratch) {
    OtlpBody body = {.trace = input->trace, .state = input->trace_state, .scratch = scratch};
    otlp_body_begin(&body, &input->resource, out);
    vec_each(input->spans, span)
        otlp_body_add_span(&body, span);
    otlp_body_end(&body);
    strbuf_add_char(out, '\n');
}

const ReportKind report_spans = {
    .name = "spans",
    .help = "A trace in the JSON of OTLP: the parts of the run, and the calls of providers.",
    .of_spans = true,
    .write = report_spans_write,
};
