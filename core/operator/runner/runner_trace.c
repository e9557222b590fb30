#include "runner_trace.h"

#include "clock.h"
#include "run_trace.h"
#include "version.h"

/* The phase is a span of the operator. */
static Str phase_span(const Runner *runner) {
    return run_trace_span(runner->order.run.uid, str_to_cstr(runner->order.phase, runner->arena),
                          runner->arena);
}

/* As OTEL_RESOURCE_ATTRIBUTES; names of Kubernetes need no escapes. */
static Str attributes_of(const Runner *runner) {
    const RunOrder *order = &runner->order;
    Str given = process_variable(runner->io->process, "OTEL_RESOURCE_ATTRIBUTES");
    return str_format(runner->arena, "%.*s%sk8s.namespace.name=%.*s,loam.stack=%.*s,loam.run=%.*s",
                      STR_ARG(given), given.len > 0 ? "," : "", STR_ARG(order->stack.namespace),
                      STR_ARG(order->stack.name), STR_ARG(order->run.name));
}

void runner_trace_open(Runner *runner) {
    Arena *arena = runner->arena;
    runner->began_ms = runner->io->clock->now_ms(runner->io->clock->self);
    runner->collector = otlp_export_open(runner->io, OTLP_TRACES, arena);
    if (runner->collector.url.len == 0)
        return;
    vec_push(arena, &runner->environment,
             str_format(arena, "TRACEPARENT=00-%.*s-%.*s-01",
                        STR_ARG(run_trace_id(runner->order.run.uid, arena)),
                        STR_ARG(phase_span(runner))));
    /* This program sends the trace of the command, with its own headers. */
    vec_push(arena, &runner->environment, STR("OTEL_TRACES_EXPORTER=none"));
    vec_push(arena, &runner->environment,
             str_concat(STR("OTEL_RESOURCE_ATTRIBUTES="), attributes_of(runner), arena));
}

static Str container_body(const Runner *runner, const char *name, bool has_failed) {
    Arena *arena = runner->arena;
    StrBuf out = strbuf_new(arena);
    OtlpBody body = {.trace = run_trace_id(runner->order.run.uid, arena), .scratch = arena};
    OtlpResource resource = {.service = process_variable(runner->io->process, "OTEL_SERVICE_NAME"),
                             .attributes = attributes_of(runner),
                             .version = STR(VERSION_LOAM)};
    otlp_body_begin(&body, &resource, &out);
    otlp_body_begin_span(&body, &(OtlpSpan){str_from_cstr(name),
                                            otlp_body_random_id(OTLP_SPAN_SIZE, arena),
                                            phase_span(runner), runner->began_ms,
                                            runner->io->clock->now_ms(runner->io->clock->self)});
    otlp_body_end_span(&body, has_failed ? "_OTHER" : NULL);
    otlp_body_end(&body);
    return strbuf_str(&out);
}

void runner_trace_send(const Runner *runner, const char *name, int status) {
    const Disk *disk = runner->io->disk;
    Str body;
    if (runner->collector.url.len == 0)
        return;
    if (disk->read_file(disk->self, STR(RUNNER_TRACE_FILE), &body, runner->arena) != 0)
        body = container_body(runner, name, status != 0);
    (void)otlp_export_send(&runner->collector, runner->io, body);
    (void)disk->remove(disk->self, STR(RUNNER_TRACE_FILE));
}
